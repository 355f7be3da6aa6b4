//! Versions that get a share of what comes.

use crate::support::{Daemon, path, processes_of, until};
use iris_up_client::messages::iris::up::v1::AppRequest;
use rustix::process::Signal;

/// How many of so many requests the second version answers.
async fn of_the_second(daemon: &Daemon, requests: usize) -> usize {
    let mut second = 0;
    for _ in 0..requests {
        let (status, text) = daemon.get("/resident").await;
        assert_eq!(status, 200, "{text}");
        second += usize::from(text == "version 2");
    }
    second
}

async fn tried(percent: &str) -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon
        .runs(["push", &path("resident"), "--traffic", percent])
        .await;
    daemon
}

#[tokio::test]
async fn a_version_that_is_tried_gets_its_share() {
    let mut daemon = tried("10%").await;
    assert_eq!(of_the_second(&daemon, 100).await, 10);
    assert_eq!(
        daemon.runs(["list"]).await,
        " • resident - alive - 10 % to version 2, alive\n"
    );
    daemon.runs(["traffic", "resident", "50"]).await;
    assert_eq!(of_the_second(&daemon, 20).await, 10);
    // It outlives the daemon.
    daemon.restart_by(Signal::KILL).await;
    assert_eq!(of_the_second(&daemon, 20).await, 10);
    daemon.runs(["restart", "resident"]).await;
    assert_eq!(of_the_second(&daemon, 20).await, 10);
}

#[tokio::test]
async fn all_of_it_makes_it_the_one_that_runs() {
    let daemon = tried("1").await;
    daemon.runs(["traffic", "resident", "100%"]).await;
    assert_eq!(of_the_second(&daemon, 10).await, 10);
    assert_eq!(daemon.runs(["list"]).await, " • resident - alive\n");
    let again = daemon.run(&["traffic", "resident", "10"]).await;
    assert!(
        again
            .err
            .contains("no version of the app resident is tried"),
        "{}",
        again.err
    );
    daemon.runs(["rollback", "resident"]).await;
    assert_eq!(of_the_second(&daemon, 10).await, 0);
}

#[tokio::test]
async fn nothing_of_it_ends_the_trial() {
    let daemon = tried("99").await;
    daemon.runs(["traffic", "resident", "0"]).await;
    assert_eq!(of_the_second(&daemon, 10).await, 0);
    // Its number is not given again, and it is none to go back to.
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(daemon.get("/resident").await, (200, "version 3".to_owned()));
    daemon.runs(["rollback", "resident"]).await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}

#[tokio::test]
async fn a_push_without_a_share_ends_a_trial_and_a_kill_both() {
    let daemon = tried("50").await;
    daemon.runs(["push", &path("resident")]).await;
    for _ in 0..10 {
        assert_eq!(daemon.get("/resident").await, (200, "version 3".to_owned()));
    }
    daemon
        .runs(["push", &path("resident"), "--traffic", "50"])
        .await;
    daemon.runs(["kill", "resident"]).await;
    until("no process", || {
        processes_of(daemon.folder.path()).is_empty().then_some(())
    })
    .await;
    assert_eq!(daemon.get("/resident").await.0, 503);
    daemon.runs(["start", "resident"]).await;
    let answers = [daemon.get("/resident").await, daemon.get("/resident").await];
    let mut texts: Vec<&str> = answers.iter().map(|(_, text)| text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["version 3", "version 4"]);
}

#[tokio::test]
async fn a_share_makes_no_sense_of_a_first_version_or_beyond_all() {
    let daemon = Daemon::start().await;
    let first = daemon
        .run(&["push", &path("resident"), "--traffic", "10"])
        .await;
    assert!(
        first.err.contains("the first version of an app gets all"),
        "{}",
        first.err
    );
    assert_eq!(daemon.runs(["list"]).await, "");
    for bad in ["101", "-1", "ten", "%"] {
        let refused = daemon
            .run(&["push", &path("resident"), "--traffic", bad])
            .await;
        assert_eq!(refused.code, 2, "{bad}: {refused:?}");
    }
    // One that does not get ready changes nothing.
    daemon.runs(["push", &path("resident")]).await;
    let failed = daemon
        .run(&["push", &path("resident"), "--traffic", "50", "--", "ends"])
        .await;
    assert_eq!(failed.code, 1);
    assert_eq!(of_the_second(&daemon, 10).await, 0);
}

#[tokio::test]
async fn beside_a_version_that_was_killed_nothing_is_tried() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon.runs(["kill", "resident"]).await;
    let tried = daemon
        .run(&["push", &path("resident"), "--traffic", "10"])
        .await;
    assert!(tried.err.contains("was killed: start it"), "{}", tried.err);
    assert_eq!(processes_of(daemon.folder.path()).len(), 0);
}

#[tokio::test]
async fn whoever_asks_what_an_app_serves_takes_no_turn_and_is_no_request() {
    let daemon = tried("50").await;
    let apps = daemon.remotes().apps();
    let ask = async |name: &str| {
        let request = AppRequest { name: name.into() };
        apps.descriptors(request).await.unwrap().descriptors
    };
    // It is asked each time: it does not say what it serves, so that nothing is known.
    let mut second = 0;
    for _ in 0..10 {
        assert!(ask("resident").await.is_empty());
        second += of_the_second(&daemon, 1).await;
    }
    assert_eq!(second, 5);
    let usage = apps.usage().await.unwrap().apps;
    assert_eq!(usage[0].requests, 10);

    // What is described is the version that runs, and not the one that is tried.
    let other = path("resident");
    daemon.runs(["push", &other, "--name", "other"]).await;
    let typed = path("typed");
    let arguments = ["push", &typed, "--name", "other", "--traffic", "90"];
    daemon.runs(arguments).await;
    for _ in 0..4 {
        assert!(ask("other").await.is_empty());
    }
    daemon.runs(["traffic", "other", "100"]).await;
    assert!(!ask("other").await.is_empty());
    let usage = apps.usage().await.unwrap().apps;
    assert_eq!((&*usage[0].name, usage[0].requests), ("other", 0));
}
