//! Apps that say whether they are well.

use crate::support::{Daemon, path, runs, until, within};
use iris_up_client::messages::iris::up::v1::State;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long a process has to end once it is told to.
const GRACE: Duration = Duration::from_secs(10);

/// An app that is well, and is asked that every second; and its process.
async fn well(behaviour: &str) -> (Daemon, i32) {
    let daemon = Daemon::start().await;
    let program = path("resident");
    let mut arguments = vec!["push", &program, "--health", "/health"];
    arguments.extend(["--health-interval", "1", "--", behaviour]);
    let mut push = daemon.command(&arguments);
    push.stdout(Stdio::null()).stderr(Stdio::null());
    let mut push = push.spawn().unwrap();
    let own = daemon.printed("resident", "own").await;
    daemon.give("resident", "well");
    assert!(
        within("the end of the push", push.wait())
            .await
            .unwrap()
            .success()
    );
    (daemon, own)
}

/// It is well no longer, and has been told to end for that.
async fn is_unwell(daemon: &Daemon) {
    std::fs::remove_file(daemon.folder.path().join("apps/resident/well")).unwrap();
    until("it is told to end", || {
        let log = daemon.log("resident");
        log.contains(" out told to end").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_app_is_ready_once_it_is_well_and_started_anew_where_it_is_not() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let program = path("resident");
    let arguments = [
        "push",
        program.as_str(),
        "--health",
        "/health",
        "--health-interval",
        "1",
    ];
    let pushing = daemon.run(&arguments);
    let meanwhile = async {
        // It runs, and is not gone over to.
        until("the second", || {
            (daemon.log("resident").matches(" own ").count() == 2).then_some(())
        })
        .await;
        assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
        daemon.give("resident", "well");
    };
    let (pushed, ()) = tokio::join!(pushing, meanwhile);
    assert_eq!(pushed.code, 0, "{pushed:?}");
    assert_eq!(daemon.get("/resident").await, (200, "version 2".to_owned()));
    let second = daemon.printed("resident", "own").await;
    let well = daemon.folder.path().join("apps/resident/well");
    std::fs::remove_file(&well).unwrap();
    until("its end", || (!runs(second)).then_some(())).await;
    // The daemon hears of its end a moment later.
    let started_anew = async {
        loop {
            let status = daemon.remotes().apps().list().await.unwrap();
            if status.apps[0].restarts > 0 || status.apps[0].reason.contains("not well") {
                return;
            }
        }
    };
    let patience = std::time::Duration::from_secs(60);
    tokio::time::timeout(patience, started_anew).await.unwrap();
    std::fs::write(&well, "").unwrap();
    assert_eq!(daemon.get("/resident").await, (200, "version 2".to_owned()));
    for bad in ["health", "", "/a b"] {
        let refused = daemon.run(&["push", &program, "--health", bad]).await;
        assert!(
            refused.err.contains("is no path to ask for"),
            "{bad}: {}",
            refused.err
        );
    }
}

#[tokio::test]
async fn what_is_unwell_finishes_what_it_has_begun_before_it_is_started_anew() {
    let (daemon, first) = well("ends-in-its-time").await;
    let waiting = tokio::spawn(daemon.get_owned("/resident/wait"));
    until("a request", || {
        daemon.log("resident").contains(" out waits").then_some(())
    })
    .await;
    is_unwell(&daemon).await;
    let app = daemon.remotes().apps().list().await.unwrap().apps.remove(0);
    assert_eq!(app.state(), State::Waiting);
    assert!(app.reason.contains("not well, 3 times"), "{}", app.reason);
    assert_eq!(app.processes, 1, "it is still there");
    // It is given nothing more, and no other is started beside it.
    let mut asked = tokio::spawn(daemon.get_owned("/resident/own"));
    let early = tokio::time::timeout(Duration::from_secs(1), &mut asked).await;
    assert!(early.is_err(), "{early:?}");
    assert!(runs(first));
    assert_eq!(daemon.log("resident").matches(" out own ").count(), 1);

    daemon.give("resident", "well");
    daemon.give("resident", "go");
    assert_eq!(waiting.await.unwrap(), (200, "went".to_owned()));
    let (status, own) = asked.await.unwrap();
    assert_eq!(status, 200, "{own}");
    assert_ne!(own, first.to_string());
    assert!(!runs(first));
}

#[tokio::test]
async fn what_is_unwell_and_killed_has_its_time_to_end_once() {
    let (daemon, own) = well("does-not-end").await;
    is_unwell(&daemon).await;
    // Most of its time is over by then.
    tokio::time::sleep(GRACE - Duration::from_secs(2)).await;
    let begun = Instant::now();
    daemon.runs(["kill", "resident"]).await;
    assert!(!runs(own));
    assert!(begun.elapsed() < GRACE, "{:?}", begun.elapsed());
}
