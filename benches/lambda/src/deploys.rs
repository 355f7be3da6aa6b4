//! Requests while versions change.

use crate::Outcome;
use crate::caller::{Call, Caller};
use crate::peers::iris_up::IrisUp;
use crate::peers::pm2::Pm2;
use crate::report::{at, millis, table};
use crate::settings::Settings;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// From how many sides requests come.
const SIDES: usize = 16;

/// How many there are at least, in which nothing may fail.
const REQUESTS: usize = 50_000;

/// Whoever finds nobody there tries again after so long.
const RETRY: Duration = Duration::from_millis(1);

/// Callers who go on whatever happens.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    calling: JoinSet<Counted>,
}

/// What one of them met.
#[derive(Debug, Default)]
struct Counted {
    took: Vec<Duration>,
    failed: usize,
    first: Option<String>,
}

impl Load {
    fn on(call: &Call) -> Load {
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let mut calling = JoinSet::new();
        for _ in 0..SIDES {
            let (call, stop, answered) = (call.clone(), stop.clone(), answered.clone());
            calling.spawn(async move {
                let mut counted = Counted::default();
                let mut caller = None;
                while !stop.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    match call_once(&mut caller, &call).await {
                        Ok(()) => {
                            counted.took.push(begun.elapsed());
                            answered.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => {
                            counted.failed += 1;
                            counted.first.get_or_insert(error.to_string());
                            caller = None;
                            tokio::time::sleep(RETRY).await;
                        }
                    }
                }
                counted
            });
        }
        Load {
            stop,
            answered,
            calling,
        }
    }

    /// Waits until so many were answered.
    async fn answered(&self, count: usize) {
        while self.answered.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(mut self) -> Outcome<Counted> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Counted::default();
        while let Some(counted) = self.calling.join_next().await {
            let counted = counted?;
            all.took.extend(counted.took);
            all.failed += counted.failed;
            all.first = all.first.or(counted.first);
        }
        all.took.sort_unstable();
        Ok(all)
    }
}

async fn call_once(caller: &mut Option<Caller>, call: &Call) -> Outcome {
    let caller = match caller {
        Some(caller) => caller,
        None => caller.insert(Caller::connect(call.address).await?),
    };
    caller.call(call).await
}

/// So many pushes with iris-up, each with a way back; as many reloads with PM2.
pub(crate) async fn measure(settings: &Settings, pushes: usize) -> Outcome<String> {
    let call = |address, path: &str, body: Option<&'static [u8]>, expected: &str| Call {
        address,
        path: path.to_owned(),
        body: body.map(bytes::Bytes::from_static),
        expected: expected.to_owned(),
    };
    let mut rows = Vec::new();
    let mut tell = |name: &str, changes: usize, counted: Counted| {
        if let Some(first) = &counted.first {
            eprintln!("{name}: {first}");
        }
        rows.push(vec![
            name.to_owned(),
            changes.to_string(),
            counted.took.len().to_string(),
            counted.failed.to_string(),
            millis(at(&counted.took, 500)),
            millis(at(&counted.took, 999)),
            millis(counted.took.last().copied().unwrap_or_default()),
        ]);
        counted.failed
    };

    let iris_up = IrisUp::start(settings).await?;
    let event: &[u8] = br#"{"name":"Ada"}"#;
    let mut failed = 0;
    for (name, program, kind, path, body, expected) in [
        (
            "server",
            "bench-resident",
            &[][..],
            "/server/",
            None,
            "Hello",
        ),
        (
            "function",
            "bench-function",
            &["--lambda"],
            "/2015-03-31/functions/function/invocations",
            Some(event),
            "Hello, Ada",
        ),
    ] {
        let program = settings.program(program);
        let program = program.to_str().ok_or("a path that is no text")?;
        let push = [&["push", program, "--name", name][..], kind].concat();
        iris_up.run(&push).await?;
        let load = Load::on(&call(iris_up.address, path, body, expected));
        for change in 1..=pushes {
            iris_up.run(&push).await?;
            iris_up.run(&["rollback", name]).await?;
            // They come evenly over all of the load.
            load.answered(REQUESTS * change / pushes).await;
        }
        failed += tell(&format!("iris-up, {name}"), 2 * pushes, load.stop().await?);
    }
    iris_up.stop().await?;

    let pm2 = Pm2::start(settings).await?;
    let address = pm2.push(settings, "server").await?;
    let load = Load::on(&call(address, "/", None, "Hello"));
    for change in 1..=pushes {
        pm2.reload("server").await?;
        load.answered(REQUESTS * change / pushes).await;
    }
    tell("PM2, server", pushes, load.stop().await?);
    pm2.stop().await?;

    let heads = [
        "",
        "changes",
        "answered",
        "failed",
        "p50 ms",
        "p99.9 ms",
        "longest ms",
    ];
    let report = format!(
        "### Versions that change under load\n\n\
        Requests, or events, from {SIDES} sides at a time while versions change: {pushes} pushes, each with a rollback behind it, or \
        as many `pm2 reload`. PM2 has one process listen at a port, since the program is none of Node.js's cluster: between two \
        nobody is there.\n\n{}",
        table(&heads, &rows)
    );
    match failed {
        0 => Ok(report),
        failed => Err(format!("{report}\n{failed} requests failed").into()),
    }
}
