//! A daemon that is root and has no control groups, as in many containers: users stand in for them. One that has the older
//! version alone. And one whose folder other users do not get to.

use crate::support::{Daemon, PROGRAM, path, runs, until};
use iris_up_client::messages::iris::up::v1::Layer;
use iris_up_client::messages::iris::up::v1::layer::State;
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt;
use tokio::process::Command;

/// In a mount namespace of its own, where this is not mounted.
fn program_without(place: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("umount -R -l {place} && exec \"$0\" \"$@\"");
    command.args(["--mount", "sh", "-c", &script, PROGRAM]);
    command
}

fn program() -> Command {
    program_without("/sys/fs/cgroup")
}

async fn tries(daemon: &Daemon, what: &str, argument: &str) -> String {
    let came = daemon.get(&format!("/hostile/{what}?{argument}")).await.1;
    println!("{what} {argument}: {came}");
    came
}

async fn lingering(daemon: &Daemon) -> i32 {
    let came = tries(daemon, "linger", "").await;
    let id = came.strip_prefix("done: ");
    id.unwrap_or_else(|| panic!("{came}")).parse().unwrap()
}

/// How many processes with this argument run of what was pushed there.
fn programs_in(daemon: &Daemon, argument: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let meant = entries.filter(|entry| {
        let program = std::fs::read_link(entry.path().join("exe")).unwrap_or_default();
        let line = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
        program.starts_with(daemon.folder.path()) && line.contains(argument)
    });
    meant.count()
}

/// The layers that are not as they should be.
async fn missing(daemon: &Daemon) -> Vec<Layer> {
    let layers = daemon.remotes().sandbox().check().await.unwrap().layers;
    let missing = layers.into_iter();
    missing
        .filter(|layer| layer.state() != State::Enforced)
        .collect()
}

#[tokio::test]
async fn what_is_left_is_found_by_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start_by(&mut program(), folder).await;
    let missing = missing(&daemon).await;
    let names: Vec<&str> = missing.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["memory", "processor", "processes", "end"]);

    daemon
        .runs(["push", &path("hostile"), "--processes", "40"])
        .await;
    daemon.runs(["push", &path("resident")]).await;
    let left = lingering(&daemon).await;
    daemon.runs(["kill", "hostile"]).await;
    assert!(!runs(left), "it is gone when kill answers");

    daemon.runs(["start", "hostile"]).await;
    let came = tries(&daemon, "processes", "").await;
    assert!(came.contains("Resource temporarily unavailable"), "{came}");
    daemon.runs(["kill", "hostile"]).await;
    daemon.runs(["start", "hostile"]).await;
    tries(&daemon, "bomb", "").await;
    daemon.runs(["kill", "hostile"]).await;
    assert_eq!(programs_in(&daemon, "bomb"), 0);
    assert_eq!(daemon.get("/resident").await.0, 200);

    // A daemon that was killed leaves it to the next.
    daemon.runs(["start", "hostile"]).await;
    let left = lingering(&daemon).await;
    daemon.restart_with(&mut program(), Signal::KILL).await;
    until("its end", || (!runs(left)).then_some(())).await;
    assert_eq!(daemon.get("/resident").await.0, 200);
}

#[tokio::test]
async fn version_1_of_control_groups_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
    let version_2 = mounts.lines().find_map(|line| {
        let (point, kind) = line.split_once(' ')?.1.split_once(' ')?;
        kind.starts_with("cgroup2 ").then_some(point)
    });
    let mut program = match version_2 {
        Some(point) => program_without(point),
        None => Command::new(PROGRAM),
    };
    let daemon = Daemon::start_by(&mut program, folder).await;
    let printed = daemon.runs(["doctor"]).await;
    assert!(printed.contains("(control groups v1)"), "{printed}");
    assert!(
        !printed.contains("missing") && !printed.contains("weaker"),
        "{printed}"
    );
    daemon
        .runs(["push", &path("hostile"), "--processes", "40"])
        .await;
    let left = lingering(&daemon).await;
    tries(&daemon, "bomb", "").await;
    until("a bomb", || {
        (programs_in(&daemon, "bomb") >= 30).then_some(())
    })
    .await;
    daemon.runs(["kill", "hostile"]).await;
    assert!(!runs(left));
    assert_eq!(programs_in(&daemon, "bomb"), 0);
}

#[tokio::test]
async fn a_folder_that_is_closed_to_others_leaves_apps_the_daemons_user_without_its_privileges() {
    let closed = tempfile::tempdir().unwrap();
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(closed.path(), mode).unwrap();
    let folder = tempfile::tempdir_in(closed.path()).unwrap();
    let daemon = Daemon::start_by(&mut Command::new(PROGRAM), folder).await;
    let missing = missing(&daemon).await;
    let [user] = &missing[..] else {
        panic!("{missing:?}")
    };
    assert_eq!((user.name.as_str(), user.state()), ("user", State::Missing));
    let place = closed.path().canonicalize().unwrap();
    assert!(
        user.detail.contains(place.to_str().unwrap()),
        "{}",
        user.detail
    );

    daemon.runs(["push", &path("hostile")]).await;
    assert_eq!(tries(&daemon, "who", "").await, "done: 0");
    for (what, argument) in [
        ("mount", "/tmp"),
        ("namespaces", ""),
        ("packets", ""),
        ("local", "/run/any"),
        ("signal", "1"),
    ] {
        let came = tries(&daemon, what, argument).await;
        assert!(came.contains("not permitted"), "{came}");
    }
    let registry = daemon.folder.path().join("registry.sqlite");
    let came = tries(&daemon, "read", registry.to_str().unwrap()).await;
    assert!(came.contains("Permission denied"), "{came}");
    let own = daemon.printed("hostile", "own").await;
    let status = std::fs::read_to_string(format!("/proc/{own}/status")).unwrap();
    assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
}
