//! Other processes, and those that stay.

use super::{Hostile, NOT_PERMITTED};
use crate::support::{Daemon, PROGRAM, path, ready_for_apps, runs, until};
use rustix::process::Signal;
use std::path::PathBuf;
use tokio::process::Command;

#[tokio::test]
async fn an_app_neither_debugs_nor_signals_nor_reads_a_neighbour() {
    let hostile = Hostile::start().await;
    hostile.daemon.runs(["push", &path("resident")]).await;
    let neighbour = hostile.daemon.printed("resident", "own").await;
    let daemon = hostile.daemon.id().cast_signed();
    for process in [neighbour, daemon, 1] {
        let process = process.to_string();
        hostile.is_refused("trace", &process, NOT_PERMITTED).await;
        hostile
            .is_refused("memory-of", &process, NOT_PERMITTED)
            .await;
        hostile.is_refused("signal", &process, NOT_PERMITTED).await;
        for file in ["environ", "mem", "maps", "fd"] {
            let what = if file == "fd" { "list" } else { "read" };
            let file = format!("/proc/{process}/{file}");
            hostile.is_refused(what, &file, "denied").await;
        }
    }
    assert!(runs(neighbour));
    // A process of its own user that it did not start is a neighbour, too: that of its next version.
    let own = hostile.daemon.printed("hostile", "own").await;
    hostile.push(&[]).await;
    until("its end", || (!runs(own)).then_some(())).await;
}

/// The numbers are those of x86-64.
#[cfg(target_arch = "x86_64")]
#[tokio::test]
async fn system_calls_that_reach_beyond_an_app_are_refused() {
    const EPERM: &str = "1";
    const ENOSYS: &str = "38";
    const X32: u32 = 0x4000_0000;
    let hostile = Hostile::start().await;
    for (call, expected) in [
        // getpid
        (39, "0"),
        // ptrace, process_vm_readv, kcmp, pidfd_getfd
        (101, EPERM),
        (310, EPERM),
        (312, EPERM),
        (438, EPERM),
        // mount, open_tree, setns, bpf, keyctl, userfaultfd, perf_event_open, open_by_handle_at
        (165, EPERM),
        (428, EPERM),
        (308, EPERM),
        (321, EPERM),
        (250, EPERM),
        (323, EPERM),
        (298, EPERM),
        (304, EPERM),
        // clone3, io_uring_setup, io_uring_enter, io_uring_register, shmget, msgget, semget
        (435, ENOSYS),
        (425, ENOSYS),
        (426, ENOSYS),
        (427, ENOSYS),
        (29, ENOSYS),
        (68, ENOSYS),
        (64, ENOSYS),
        // The same by their other numbers, and one that is only there: ptrace, clone3, getpid, ptrace of x32
        (X32 + 101, EPERM),
        (X32 + 435, EPERM),
        (X32 + 39, EPERM),
        (X32 + 521, EPERM),
    ] {
        assert_eq!(
            hostile.may("call", &call.to_string()).await,
            expected,
            "{call}"
        );
    }
}

async fn lingering(hostile: &Hostile) -> i32 {
    let id: i32 = hostile.may("linger", "").await.parse().unwrap();
    until("a session of its own", || {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        let rest = stat.rsplit_once(") ").unwrap().1.to_owned();
        // State, parent, process group, session: it is the first of its session, and nobody's of the daemon.
        (rest.split(' ').nth(3) == Some(id.to_string().as_str())).then_some(())
    })
    .await;
    let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains("IRIS_UP_DAEMON"));
    id
}

#[tokio::test]
async fn nothing_of_an_app_goes_on_when_it_is_killed() {
    let hostile = Hostile::start().await;
    let left = lingering(&hostile).await;
    hostile.daemon.runs(["kill", "hostile"]).await;
    assert!(!runs(left), "it is gone when kill answers");
    hostile.daemon.runs(["start", "hostile"]).await;
    let left = lingering(&hostile).await;
    hostile.daemon.runs(["remove", "hostile"]).await;
    assert!(!runs(left));
    println!("what left its session and its environment ended with the app");
    until("no groups but that of the next app", || {
        let groups = hostile.daemon.groups();
        assert!(!groups.is_empty());
        let ready = ready_for_apps(hostile.daemon.folder.path());
        let left = groups
            .iter()
            .flat_map(|place| std::fs::read_dir(place).unwrap())
            .map(|entry| entry.unwrap().path());
        let left = left.filter(|path| path.is_dir()).filter(|group| {
            let inside = std::fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
            let others = |id: &str| !ready.contains(&id.parse().unwrap());
            inside.is_empty() || inside.lines().any(others)
        });
        (left.count() == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn nothing_of_an_app_is_left_by_a_daemon_that_was_killed() {
    let mut hostile = Hostile::start().await;
    let left = lingering(&hostile).await;
    hostile.daemon.restart_by(Signal::KILL).await;
    until("its end", || (!runs(left)).then_some(())).await;
    assert_eq!(hostile.may("", "").await, "it answers");
}

/// Groups beside those of a daemon, for another one.
struct Elsewhere(Vec<PathBuf>);

impl Elsewhere {
    fn beside(places: &[PathBuf]) -> Elsewhere {
        let name = format!("iris-up-test-{}", std::process::id());
        let made = places.iter().map(|place| {
            let made = place.parent().unwrap().join(&name);
            std::fs::create_dir(&made).unwrap();
            made
        });
        Elsewhere(made.collect())
    }

    /// What starts a daemon in there.
    fn command(&self) -> Command {
        let join = |group: &PathBuf| format!("echo $$ > {}/cgroup.procs; ", group.display());
        let script: String = self.0.iter().map(join).collect();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{script}exec \"$0\" \"$@\""), PROGRAM]);
        command
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        for group in &self.0 {
            let _ = std::fs::remove_dir(group);
        }
    }
}

/// As where systemd has the unit in another slice than before.
#[tokio::test]
async fn groups_of_a_daemon_that_was_killed_are_gone_wherever_the_next_one_is() {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let first = daemon.groups();
    assert!(!first.is_empty());
    let elsewhere = Elsewhere::beside(&first);
    daemon
        .restart_with(&mut elsewhere.command(), Signal::KILL)
        .await;
    assert_eq!(daemon.get("/resident").await.0, 200);
    let second = daemon.groups();
    assert_eq!(second.len(), first.len());
    for (place, group) in second.iter().zip(&elsewhere.0) {
        assert!(place.starts_with(group), "{place:?}");
    }
    for place in first {
        assert!(!place.exists(), "{place:?} is left");
    }
    daemon.restart_by(Signal::KILL).await;
    assert_eq!(daemon.get("/resident").await.0, 200);
    for place in second {
        assert!(!place.exists(), "{place:?} is left");
    }
}

#[tokio::test]
async fn a_bomb_of_processes_stays_small_and_ends() {
    let hostile = Hostile::with(&["--processes", "40"]).await;
    let came = hostile.may("processes", "").await;
    assert!(came.contains("Resource temporarily unavailable"), "{came}");
    let count: u32 = came.split(',').next().unwrap().parse().unwrap();
    assert!(count < 40, "{came}");
    hostile.daemon.runs(["restart", "hostile"]).await;

    hostile.may("bomb", "").await;
    let places = hostile.daemon.groups();
    let inside = || {
        let groups = places
            .iter()
            .flat_map(|place| std::fs::read_dir(place).unwrap());
        let pids = groups.filter_map(|group| {
            let file = group.unwrap().path().join("cgroup.procs");
            Some(std::fs::read_to_string(file).ok()?.lines().count())
        });
        pids.max().unwrap_or_default()
    };
    until("as many as there may be", || (inside() >= 30).then_some(())).await;
    assert!(inside() <= 40);
    // Whoever else is here gets on.
    hostile.daemon.runs(["push", &path("resident")]).await;
    assert_eq!(hostile.daemon.get("/resident").await.0, 200);
    hostile.daemon.runs(["kill", "hostile"]).await;
    assert_eq!(hostile.daemon.get("/resident").await.0, 200);
    until("no process of it", || {
        // The neighbour, and what it started.
        (inside() <= 2).then_some(())
    })
    .await;
}
