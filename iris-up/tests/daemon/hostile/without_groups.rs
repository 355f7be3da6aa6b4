//! A daemon that is root and has no control groups, as in many containers: users stand in for them. One that has the newer
//! version without controllers. And one whose folder other users do not get to.

use crate::support::{Daemon, PROGRAM, path, runs, until};
use iris_up_client::messages::iris::up::v1::Layer;
use iris_up_client::messages::iris::up::v1::layer::State;
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt;
use tokio::process::Command;

/// In a mount namespace of its own, where file systems of this kind are not mounted.
fn program_without(kind: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = "for place in $(awk -v kind=\"$0\" '$3 == kind { print $2 }' /proc/mounts); do umount -l $place; done\n\
                  exec \"$@\"";
    command.args(["--mount", "sh", "-e", "-c", script, kind, PROGRAM]);
    command
}

/// Where there are no control groups.
fn program() -> Command {
    let mut command = Command::new("unshare");
    let script = "umount -R -l /sys/fs/cgroup && exec \"$0\" \"$@\"";
    command.args(["--mount", "sh", "-c", script, PROGRAM]);
    command
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
async fn version_2_of_control_groups_ends_what_is_left_though_it_limits_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start_by(&mut program_without("cgroup"), folder).await;
    let printed = daemon.runs(["doctor"]).await;
    println!("{printed}");
    assert!(printed.contains(" • end          enforced  "), "{printed}");
    assert!(printed.contains("(control groups v2)"), "{printed}");
    // Where controllers are those of version 1, which is not to be seen here.
    assert!(printed.contains(" • memory       weaker "), "{printed}");
    let program = path("hostile");
    daemon.runs(["push", &program, "--processes", "40"]).await;
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
