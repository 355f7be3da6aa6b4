//! Files of others.

use super::{DENIED, Hostile, NOT_PERMITTED};
use crate::support::path;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[tokio::test]
async fn an_app_reads_neither_the_daemons_files_nor_another_apps() {
    let hostile = Hostile::start().await;
    let other = path("hostile");
    hostile
        .daemon
        .runs(["push", &other, "--name", "neighbour"])
        .await;
    assert_eq!(
        hostile.of("neighbour", "write", "secret").await,
        "done: it worked"
    );
    assert_eq!(hostile.of("neighbour", "read", "secret").await, "done: 8");
    for file in [
        "apps/neighbour/secret",
        "registry.sqlite",
        "registry.sqlite-wal",
        "logs/neighbour.log",
        "logs/hostile.log",
    ] {
        let file = hostile.at(file);
        assert!(std::fs::exists(&file).unwrap(), "{file}");
        hostile.is_refused("read", &file, DENIED).await;
        hostile.is_refused("write", &file, DENIED).await;
        hostile.is_refused("remove", &file, DENIED).await;
    }
    for folder in [
        "",
        "apps",
        "apps/neighbour",
        "artifacts",
        "logs",
        "tmp/neighbour",
    ] {
        hostile
            .is_refused("list", &hostile.at(folder), DENIED)
            .await;
    }
    hostile
        .is_refused("write", &hostile.at("apps/new"), DENIED)
        .await;
    // What it was given anew is still the same: the folder belongs to the app, and nobody else gets there.
    let folder = std::fs::metadata(hostile.at("apps/hostile")).unwrap();
    let neighbour = std::fs::metadata(hostile.at("apps/neighbour")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o7777, 0o700);
    assert_ne!(folder.uid(), neighbour.uid());
    assert_eq!(hostile.may("who", "").await, folder.uid().to_string());
    for file in ["registry.sqlite", "registry.sqlite-wal"] {
        let mode = std::fs::metadata(hostile.at(file)).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn an_app_writes_nowhere_but_in_its_own_folders() {
    let hostile = Hostile::start().await;
    for place in [
        "/tmp/was-here",
        "/var/tmp/was-here",
        "/dev/shm/was-here",
        "/was-here",
    ] {
        hostile.is_refused("write", place, DENIED).await;
        assert!(!std::fs::exists(place).unwrap());
    }
    for place in [
        "/etc/hosts",
        "/usr/bin/env",
        "/proc/self/oom_score_adj",
        "/proc/sys/kernel/hostname",
    ] {
        hostile.is_refused("write", place, DENIED).await;
    }
    // The system it reads, but for what is not everybody's; what is of people it does not.
    hostile.may("read", "/etc/hosts").await;
    hostile.is_refused("read", "/etc/shadow", DENIED).await;
    for folder in ["/root", "/home", "/tmp", "/var", "/sys/kernel/debug"] {
        if std::fs::exists(folder).unwrap() {
            hostile.is_refused("list", folder, DENIED).await;
        }
    }
    // A link is as far as what it leads to.
    hostile.may("link", "shadow").await;
    hostile.is_refused("read", "shadow", DENIED).await;
    hostile.may("write", "own").await;
    hostile.may("write", &hostile.at("tmp/hostile/own")).await;
    hostile.may("stderr", "").await;
}

#[tokio::test]
async fn declared_paths_are_reached_and_no_others() {
    let declared = tempfile::tempdir().unwrap();
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(declared.path(), mode).unwrap();
    let [read, write] = ["read", "write"].map(|name| declared.path().join(name));
    for folder in [&read, &write] {
        std::fs::create_dir(folder).unwrap();
        std::fs::write(folder.join("file"), "1234").unwrap();
        let mode = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder, mode).unwrap();
    }
    let [read, write] = [&read, &write].map(|path| path.to_str().unwrap());
    let hostile = Hostile::with(&["--read", read, "--write", write]).await;
    assert_eq!(hostile.may("read", &format!("{read}/file")).await, "4");
    hostile
        .is_refused("write", &format!("{read}/new"), DENIED)
        .await;
    hostile.may("write", &format!("{write}/new")).await;
    hostile
        .is_refused("list", declared.path().to_str().unwrap(), DENIED)
        .await;

    // What is declared and not there is said, and nothing starts without it.
    let program = path("hostile");
    let failed = hostile
        .daemon
        .run(&["push", &program, "--read", "/nowhere/at-all"])
        .await;
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains("/nowhere/at-all"), "{}", failed.err);
}

#[tokio::test]
async fn an_app_has_no_privileges_and_gets_none() {
    let hostile = Hostile::start().await;
    hostile.is_refused("root", "", NOT_PERMITTED).await;
    hostile.is_refused("mount", "/tmp", NOT_PERMITTED).await;
    hostile.is_refused("namespaces", "", NOT_PERMITTED).await;
    let status = std::fs::read_to_string(format!(
        "/proc/{}/status",
        hostile.daemon.printed("hostile", "own").await
    ))
    .unwrap();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().to_owned()
    };
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(line(set), "0000000000000000", "{set}");
    }
    assert_eq!(line("NoNewPrivs:"), "1");
    assert_eq!(line("Seccomp:"), "2");
    assert_eq!(line("Groups:"), "");
}

#[tokio::test]
async fn an_app_has_three_files_open_whatever_the_daemon_had() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tokio::process::Command::new("sh");
    // Whoever starts the daemon leaves it a file of its own.
    let script = "exec 7</etc/passwd 9>/dev/full; exec \"$0\" \"$@\"";
    command.args(["-c", script, crate::support::PROGRAM]);
    let daemon = crate::support::Daemon::start_by(&mut command, folder).await;
    let inherited = format!("/proc/{}/fd/7", daemon.id());
    assert_eq!(
        std::fs::read_link(inherited).unwrap().to_str(),
        Some("/etc/passwd")
    );
    daemon.runs(["push", &path("hostile")]).await;
    let (_, found) = daemon.get("/hostile/descriptors?").await;
    println!("{found}");
    assert!(found.contains("0=/dev/null 1=pipe:"), "{found}");
    for other in ["passwd", "/dev/full", ".sqlite", ".log"] {
        assert!(!found.contains(other), "{found}");
    }
}
