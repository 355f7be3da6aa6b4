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

/// What stands among the arguments of a command is seen by everybody.
#[tokio::test]
async fn values_come_from_files_and_from_the_commands_own_environment() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env");
    std::fs::write(&file, "# secrets\nA=1\nB=2\n").unwrap();
    let file = file.to_str().unwrap();
    let set = ["env", "resident", "C", "B=3", "--env-file", file];
    let printed = daemon
        .run_as(
            &set,
            |command| {
                command.env("C", "hunter2");
            },
            "",
        )
        .await;
    assert_eq!(printed.code, 0, "{printed:?}");
    assert_eq!(daemon.runs(["env", "resident"]).await, "A\nB\nC\n");
    let own = std::fs::read_to_string(format!(
        "/proc/{}/environ",
        daemon.printed("resident", "own").await
    ));
    let own = own.unwrap();
    for variable in ["A=1", "B=3", "C=hunter2"] {
        assert!(own.split('\0').any(|own| own == variable), "{own}");
    }
}

#[tokio::test]
async fn what_is_no_variable_is_refused_and_changes_nothing() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--env", "A=1"])
        .await;
    for (wrong, why) in [
        (&["env", "resident", "=1"][..], "no name for a variable"),
        (&["env", "resident", "NO_SUCH"], "write NO_SUCH=VALUE"),
        (&["env", "resident", "--env-file", "none"], "none: "),
        (&["env", "resident", "--unset", "B"], "no variable \"B\""),
        (&["env", "stranger", "B=1"], "stranger"),
    ] {
        let refused = daemon.run(wrong).await;
        assert_ne!(refused.code, 0, "{wrong:?}");
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}
