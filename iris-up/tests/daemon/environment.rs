//! Variables that are set and taken away after a push.

use crate::support::{Daemon, path};

#[tokio::test]
async fn variables_are_changed_in_a_new_version_and_never_told() {
    let daemon = Daemon::start().await;
    let program = path("resident");
    daemon
        .runs(["push", &program, "--env", "A=first", "--env", "B=second"])
        .await;
    assert_eq!(daemon.runs(["env", "resident"]).await, "A\nB\n");
    let before = daemon.get("/resident/environment").await.1;
    assert!(before.contains("A\n") && before.contains("B\n"), "{before}");

    let changed = daemon
        .runs(["env", "resident", "C=hunter2", "--unset", "A"])
        .await;
    assert_eq!(changed, " • resident - alive\n");
    assert_eq!(daemon.get("/resident").await, (200, "version 2".to_owned()));
    assert_eq!(daemon.runs(["env", "resident"]).await, "B\nC\n");
    let after = daemon.get("/resident/environment").await.1;
    let has = |name: &str| after.lines().any(|line| line == name);
    assert!(!has("A") && has("B") && has("C"), "{after}");

    for command in [
        &["env", "resident", "--json"][..],
        &["status", "resident", "--json"],
        &["versions", "resident", "--json"],
    ] {
        let printed = daemon.run(command).await;
        assert!(!printed.out.contains("hunter2"), "{printed:?}");
    }
    daemon.runs(["rollback", "resident"]).await;
    assert_eq!(daemon.runs(["env", "resident"]).await, "A\nB\n");
}

#[tokio::test]
async fn what_is_no_variable_is_refused_and_changes_nothing() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--env", "A=1"])
        .await;
    for (wrong, why) in [
        (&["env", "resident", "=1"][..], "NAME=VALUE"),
        (&["env", "resident", "B"], "NAME=VALUE"),
        (&["env", "resident", "--unset", "B"], "no variable \"B\""),
        (&["env", "stranger", "B=1"], "stranger"),
    ] {
        let refused = daemon.run(wrong).await;
        assert_ne!(refused.code, 0, "{wrong:?}");
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}
