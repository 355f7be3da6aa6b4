//! Apps that have no process while nobody wants anything of them.

use crate::support::{Daemon, PATIENCE, path, runs, until};
use iris_up_client::messages::iris::up::v1::State;
use rustix::process::Signal;
use std::time::Duration;

/// How long the app has nothing to do before it rests.
const IDLE: &str = "0.2";

async fn with_one_that_rests() -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("resident");
    daemon
        .runs(["push", &program, "--idle-timeout", IDLE])
        .await;
    daemon
}

impl Daemon {
    async fn rests(&self) {
        let remotes = self.remotes();
        let rests = async {
            loop {
                let app = remotes.apps().list().await.unwrap().apps.remove(0);
                if app.state() == State::Asleep && app.processes == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let rests = tokio::time::timeout(PATIENCE, rests).await;
        rests.expect("it does not rest");
    }

    fn processes(&self) -> usize {
        self.log("resident").matches(" out own ").count()
    }
}

#[tokio::test]
async fn what_has_nothing_to_do_ends_and_comes_back_with_the_next_request() {
    let daemon = with_one_that_rests().await;
    let first = daemon.printed("resident", "own").await;
    daemon.rests().await;
    until("its end", || (!runs(first)).then_some(())).await;
    assert_eq!(daemon.runs(["list"]).await, " • resident - asleep\n");

    // All who come meanwhile wait for the same process.
    let answers = (0..20).map(|_| daemon.get("/resident"));
    for answer in futures_util::future::join_all(answers).await {
        assert_eq!(answer, (200, "version 1".to_owned()));
    }
    until("its line", || (daemon.processes() == 2).then_some(())).await;
    let app = &daemon.remotes().apps().list().await.unwrap().apps[0];
    assert_eq!(app.restarts, 0, "it was not started again: it slept");
}

#[tokio::test]
async fn nobody_who_comes_as_it_goes_to_sleep_is_turned_away() {
    let daemon = with_one_that_rests().await;
    // Requests come at about the time after which it sleeps, some of them in the very moment.
    for request in 0..30 {
        let (status, text) = daemon.get("/resident").await;
        assert_eq!(status, 200, "{text}");
        tokio::time::sleep(Duration::from_millis(190 + request)).await;
    }
    assert!(daemon.processes() > 1, "it never slept");
}

#[tokio::test]
async fn what_is_under_way_keeps_it_awake() {
    let daemon = with_one_that_rests().await;
    let waiting = daemon.get("/resident/wait");
    let going_on = async {
        until("a request", || {
            daemon.log("resident").contains("waits").then_some(())
        })
        .await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        daemon.give("resident", "go");
    };
    let (waited, ()) = tokio::join!(waiting, going_on);
    assert_eq!(waited, (200, "went".to_owned()));
    daemon.rests().await;
    assert_eq!(daemon.processes(), 1);
}

#[tokio::test]
async fn a_new_daemon_lets_it_sleep() {
    let mut daemon = with_one_that_rests().await;
    daemon.printed("resident", "own").await;
    for (before, signal) in [Signal::TERM, Signal::KILL].into_iter().enumerate() {
        daemon.restart_by(signal).await;
        assert_eq!(daemon.runs(["list"]).await, " • resident - asleep\n");
        assert_eq!(daemon.processes(), before + 1);
        assert_eq!(daemon.get("/resident").await.0, 200);
        // What it prints may come later than what it answers.
        until("its line", || {
            (daemon.processes() == before + 2).then_some(())
        })
        .await;
    }
    daemon.runs(["kill", "resident"]).await;
    assert_eq!(daemon.get("/resident").await.0, 503, "it was killed");
}

#[tokio::test]
async fn times_that_make_no_sense_are_refused() {
    let daemon = Daemon::start().await;
    for wrong in ["0.01", "90000", "-1", "soon"] {
        let wrong = format!("--idle-timeout={wrong}");
        let refused = daemon.run(&["push", &path("resident"), &wrong]).await;
        assert_ne!(refused.code, 0, "{wrong}");
        assert!(refused.err.contains("idle"), "{}", refused.err);
    }
    assert_eq!(daemon.runs(["list"]).await, "");
}
