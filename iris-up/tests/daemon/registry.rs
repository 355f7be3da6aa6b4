//! What stays when the daemon goes.

use crate::support::{Daemon, path, runs, until};
use rustix::process::Signal;

#[tokio::test]
async fn apps_are_there_again_after_the_daemon_was_stopped() {
    let mut daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "one"])
        .await;
    daemon
        .runs(["push", &path("resident"), "--name", "two"])
        .await;
    daemon
        .runs(["push", &path("function"), "--name", "three", "-L"])
        .await;
    daemon.runs(["kill", "two"]).await;
    let one = daemon.printed("one", "own").await;

    daemon.restart_by(Signal::TERM).await;
    assert!(!runs(one));
    assert_eq!(daemon.get("/one").await, (200, "version 1".to_owned()));
    assert_eq!(daemon.get("/three").await.0, 200);
    let listed = daemon.runs(["list"]).await;
    assert_eq!(
        listed,
        " • one - alive\n • three - alive\n • two - dead - killed\n"
    );
}

#[tokio::test]
async fn a_daemon_that_was_killed_leaves_no_process_to_the_next() {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon.runs(["push", &path("function"), "-L"]).await;
    let before = [
        daemon.printed("resident", "own").await,
        daemon.printed("resident", "child").await,
        daemon.printed("function", "own").await,
    ];
    daemon.restart_by(Signal::KILL).await;
    for id in before {
        until("its end", || (!runs(id)).then_some(())).await;
    }
    assert_eq!(daemon.get("/resident").await.0, 200);
    assert_eq!(daemon.get("/function").await.0, 200);
}
