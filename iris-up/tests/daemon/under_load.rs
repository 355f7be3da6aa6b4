//! Versions that change while requests come.

use crate::support::{Daemon, get, path};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// Calls an app from several sides until it is told to stop, and counts what was answered.
struct Callers {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    calling: JoinSet<()>,
}

impl Callers {
    fn of(daemon: &Daemon, app: &str) -> Callers {
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let mut calling = JoinSet::new();
        for _ in 0..8 {
            let url = format!("{}/{app}/", daemon.url);
            let (stop, answered) = (stop.clone(), answered.clone());
            calling.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let (status, text) = get(&url).await;
                    assert_eq!(status, 200, "{text}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Callers {
            stop,
            answered,
            calling,
        }
    }

    /// How many were answered, none of them wrong.
    async fn stop(mut self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(called) = self.calling.join_next().await {
            called.unwrap();
        }
        self.answered.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn no_request_is_lost_to_pushes_and_rollbacks() {
    for (program, kind) in [("resident", &[][..]), ("function", &["--lambda"])] {
        let daemon = Daemon::start().await;
        let program = path(program);
        let push = async || {
            let arguments = ["push", &program, "--name", "app"];
            let all: Vec<&str> = arguments.iter().chain(kind).copied().collect();
            let printed = daemon.run(&all).await;
            assert_eq!(printed.code, 0, "{printed:?}");
        };
        push().await;
        let callers = Callers::of(&daemon, "app");
        for _ in 0..4 {
            push().await;
            daemon.runs(["rollback", "app"]).await;
        }
        let answered = callers.stop().await;
        assert!(answered > 50, "{answered} answers");
    }
}
