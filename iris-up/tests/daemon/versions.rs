//! Versions, and going back to one.

use crate::support::{Daemon, path};

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
