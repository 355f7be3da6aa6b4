//! A daemon that is the first process of a container, where all that lose their parent become its children.

use crate::support::{Daemon, PATIENCE, PROGRAM, path, until};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};
use tokio::process::Command;

/// How long whoever ends an app waits for processes of its user that have ended, and that nobody asks how.
const WAITED: Duration = Duration::from_secs(10);

/// In a container's place: processes of its own, and no control groups.
fn contained() -> Command {
    let mut command = Command::new("unshare");
    let script = "umount -R -l /sys/fs/cgroup && exec \"$0\" \"$@\"";
    command.args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]);
    command.args(["sh", "-c", script, PROGRAM]);
    command
}

/// The first process, by its number out here.
async fn first(daemon: &Daemon) -> i32 {
    let id = daemon.id();
    until("a first process", || {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        children.ok()?.split_whitespace().next()?.parse().ok()
    })
    .await
}

/// How many processes there are whose parent is this one, and how many of them have ended.
fn children_of(parent: i32) -> (usize, usize) {
    let (mut all, mut ended) = (0, 0);
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let mut fields = fields.split(' ');
        let state = fields.next().unwrap_or_default();
        if fields.next() == Some(parent.to_string().as_str()) {
            all += 1;
            ended += usize::from(state == "Z");
        }
    }
    (all, ended)
}

#[tokio::test]
async fn what_loses_its_parent_is_asked_how_it_ended_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start_by(&mut contained(), folder).await;
    let first = first(&daemon).await;
    daemon.runs(["push", &path("hostile")]).await;
    for _ in 0..3 {
        let (_, came) = daemon.get("/hostile/linger?").await;
        assert!(came.starts_with("done: "), "{came}");
    }
    // The daemon, and those three.
    until("its children", || {
        (children_of(first) == (4, 0)).then_some(())
    })
    .await;
    let begun = Instant::now();
    daemon.runs(["kill", "hostile"]).await;
    assert!(begun.elapsed() < WAITED, "it took {:?}", begun.elapsed());
    until("none of them", || {
        (children_of(first) == (1, 0)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn it_ends_as_it_is_told_and_all_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start_by(&mut contained(), folder).await;
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(daemon.get("/resident").await.0, 200);
    let first = first(&daemon).await;
    kill_process(Pid::from_raw(first).unwrap(), Signal::TERM).unwrap();
    let ended = tokio::time::timeout(PATIENCE, daemon.ended()).await;
    assert!(ended.expect("it goes on").success());
}
