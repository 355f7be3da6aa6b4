//! Versions, and going back to one.

use crate::support::{Daemon, path, until, within};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long requests have where another version takes over.
const DRAIN: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_app_goes_back_to_a_version_and_on_again() {
    let daemon = Daemon::start().await;
    for _ in 0..3 {
        daemon
            .runs(["push", &path("resident"), "--name", "app"])
            .await;
    }
    let versions = daemon.runs(["versions", "app"]).await;
    let told: Vec<&str> = versions
        .lines()
        .filter_map(|line| line.split_once(" - "))
        .map(|(told, _)| told)
        .collect();
    assert_eq!(told, [" • 3", "   2", "   1"], "{versions}");

    assert_eq!(daemon.runs(["rollback", "app"]).await, " • app - alive\n");
    assert_eq!(daemon.get("/app").await, (200, "version 2".to_owned()));
    daemon.runs(["rollback", "app"]).await;
    assert_eq!(daemon.get("/app").await, (200, "version 1".to_owned()));
    let nothing = daemon.run(&["rollback", "app"]).await;
    assert_eq!(nothing.code, 1);
    assert!(nothing.err.contains("no such version"), "{}", nothing.err);
    daemon.runs(["rollback", "app", "3"]).await;
    assert_eq!(daemon.get("/app").await, (200, "version 3".to_owned()));

    // Numbers are not given twice, whatever is current.
    daemon.runs(["rollback", "app", "1"]).await;
    daemon
        .runs(["push", &path("resident"), "--name", "app"])
        .await;
    assert_eq!(daemon.get("/app").await, (200, "version 4".to_owned()));
}

#[tokio::test]
async fn what_did_not_get_ready_is_a_version_that_does_not_run() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "app"])
        .await;
    let failed = daemon
        .run(&["push", &path("resident"), "--name", "app", "--", "ends"])
        .await;
    assert_eq!(failed.code, 1);
    let remotes = daemon.remotes();
    let request = iris_up_client::messages::iris::up::v1::AppRequest { name: "app".into() };
    let listed = remotes.apps().versions(request).await.unwrap().versions;
    let told: Vec<(u64, bool)> = listed
        .iter()
        .map(|version| (version.version, version.current))
        .collect();
    assert_eq!(told, [(2, false), (1, true)]);
    let again = daemon.run(&["rollback", "app", "2"]).await;
    assert!(again.err.contains("exit code 3"), "{}", again.err);
    assert_eq!(daemon.get("/app").await, (200, "version 1".to_owned()));
}

#[tokio::test]
async fn nobody_waits_for_what_a_version_has_begun_to_go_back_from_it() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon.runs(["push", &path("resident")]).await;
    // Longer than a version has to drain.
    let waiting = tokio::spawn(daemon.get_owned("/resident/wait"));
    until("a request that waits", || {
        daemon.log("resident").contains(" out waits").then_some(())
    })
    .await;
    let (first, second) = ("version 1", "version 2");
    let begun = Instant::now();
    let mut pushes = Vec::new();
    for (command, answer) in [
        ("rollback", first),
        ("push", "version 3"),
        ("rollback", second),
    ] {
        let program = path("resident");
        let arguments = match command {
            "push" => vec!["push", &program],
            command => vec![command, "resident"],
        };
        // These wait until all is drained.
        let mut started = daemon.command(&arguments);
        pushes.push(started.stdout(Stdio::null()).spawn().unwrap());
        let switched = async {
            while daemon.get("/resident").await.1 != answer {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let switched = tokio::time::timeout(DRAIN, switched).await;
        switched.unwrap_or_else(|_| panic!("{command} waits for a request to {second}"));
    }
    assert!(begun.elapsed() < DRAIN);
    daemon.give("resident", "go");
    assert_eq!(waiting.await.unwrap(), (200, "went".to_owned()));
    for mut push in pushes {
        assert!(
            within("the end of the push", push.wait())
                .await
                .unwrap()
                .success()
        );
    }
}
