//! Processors and open files without an end.
//!
//! How much of a processor an app has is measured, and nothing but the most of it is asked for: a machine that is busy gives it
//! less. Where a host has no control groups for that the daemon says so, which is what is asked for then.

use super::Hostile;
use crate::support::{Daemon, PROGRAM, path, until};
use iris_up_client::messages::iris::up::v1::layer::State;
use iris_up_client::messages::iris::up::v1::{AppRequest, Layer};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// Of a processor.
const SHARE: f64 = 0.2;

/// How long it is looked at.
const WHILE: Duration = Duration::from_secs(3);

/// What the kernel gives beyond the share: slices that processors have taken already, and the rest of a period at both ends.
const ROUNDED: f64 = 1.25;
const AT_THE_ENDS: Duration = Duration::from_millis(100);

/// The processes and the threads that take what they get.
const SPINNING: &str = "4";

/// What holds an app's processors.
async fn processor_of(daemon: &Daemon, app: &str) -> Layer {
    let name = app.to_owned();
    let app = daemon.remotes().apps().get(AppRequest { name }).await;
    let mut layers = app.unwrap().layers.into_iter();
    layers.find(|layer| layer.name == "processor").unwrap()
}

/// The processes in the control groups of a daemon's apps, and what says how often they were held back.
fn inside(daemon: &Daemon) -> (HashSet<i32>, u64) {
    let (mut ids, mut held_back) = (HashSet::new(), 0);
    for place in daemon.groups() {
        for group in std::fs::read_dir(place).unwrap().flatten() {
            let read = |file: &str| std::fs::read_to_string(group.path().join(file));
            let processes = read("cgroup.procs").unwrap_or_default();
            ids.extend(processes.lines().map(|id| id.parse::<i32>().unwrap()));
            let stat = read("cpu.stat").unwrap_or_default();
            let times = stat
                .lines()
                .find_map(|line| line.strip_prefix("nr_throttled "));
            held_back += times.map_or(0, |times| times.parse::<u64>().unwrap());
        }
    }
    (ids, held_back)
}

/// The time that these processes have had of processors, with all of their threads (proc(5), `/proc/PID/stat`).
fn taken(ids: &HashSet<i32>) -> Duration {
    let ticks = ids.iter().map(|id| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let fields = fields.split(' ').skip(11).take(2);
        fields
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum::<u64>()
    });
    let ticks: u64 = ticks.sum();
    Duration::from_millis(ticks * 1_000 / rustix::param::clock_ticks_per_second())
}

#[tokio::test]
async fn processors_without_an_end_are_the_share_that_was_declared() {
    // Whatever the host has: one that has not this is told apart below.
    let daemon = Daemon::start().await;
    let share = SHARE.to_string();
    daemon
        .runs(["push", &path("hostile"), "--cpus", &share])
        .await;
    let layer = processor_of(&daemon, "hostile").await;
    println!(
        "processor: {} {}",
        layer.state().as_str_name(),
        layer.detail
    );
    if layer.state() != State::Enforced {
        is_said_to_be_missing(&daemon).await;
        return;
    }
    let begun = daemon.get(&format!("/hostile/spin?{SPINNING}")).await;
    assert_eq!(begun.1, "done: begun");
    until("being held back", || (inside(&daemon).1 > 0).then_some(())).await;

    let (ids, _) = inside(&daemon);
    assert!(
        ids.len() > 4,
        "its own and those that it has started: {ids:?}"
    );
    let (since, before) = (Instant::now(), taken(&ids));
    tokio::time::sleep(WHILE).await;
    let (ids_after, _) = inside(&daemon);
    let (taken, time) = (taken(&ids) - before, since.elapsed());
    println!("it has taken {taken:?} of processors in {time:?}");
    assert!(ids.is_subset(&ids_after), "one of them has ended");
    let most = time.mul_f64(SHARE * ROUNDED) + AT_THE_ENDS;
    assert!(taken <= most, "{taken:?} of {most:?}");
    // It is there all the same.
    assert_eq!(daemon.get("/hostile/").await.1, "done: it answers");
}

/// What a daemon says that limits no processors, of itself and of an app, and to whom that is not enough.
async fn is_said_to_be_missing(daemon: &Daemon) {
    let layer = processor_of(daemon, "hostile").await;
    assert_eq!(layer.state(), State::Missing, "{layer:?}");
    assert!(!layer.detail.is_empty(), "it does not say why");
    assert!(layer.advice.contains("run the daemon as root"), "{layer:?}");
    for command in [&["doctor"][..], &["status", "hostile"]] {
        let printed = daemon.run(command).await.out;
        let line = format!("processor    missing   {}", layer.detail);
        assert!(printed.contains(&line), "{line}: {printed}");
    }
}

#[tokio::test]
async fn a_host_that_limits_no_processors_is_said_to_be_one() {
    let mut command = Command::new("unshare");
    let script = "umount -R -l /sys/fs/cgroup && exec \"$0\" \"$@\"";
    command.args(["--mount", "sh", "-c", script, PROGRAM]);
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start_by(&mut command, folder).await;
    daemon
        .runs(["push", &path("hostile"), "--cpus", "0.2"])
        .await;
    is_said_to_be_missing(&daemon).await;
}

#[tokio::test]
async fn files_are_open_up_to_the_limit_and_no_more() {
    const LIMIT: u64 = 64;
    const EMFILE: i32 = 24;
    let limit = LIMIT.to_string();
    let hostile = Hostile::with(&["--open-files", &limit]).await;
    // Numbers of files are given out from the lowest on.
    let last = i32::try_from(LIMIT).unwrap() - 1;
    for _ in 0..2 {
        let expected = format!("{:?}, then {:?}", Some(last), Some(EMFILE));
        assert_eq!(hostile.may("open", "100000").await, expected);
    }
    let more = (LIMIT + 1).to_string();
    hostile
        .is_refused("raise", &more, super::NOT_PERMITTED)
        .await;
    // Those that it starts have as many.
    let limits = hostile.may("core", "").await;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let limits: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(limits, [limit.as_str(); 2], "{line}");
    let printed = hostile.daemon.runs(["status", "hostile"]).await;
    assert!(printed.contains("64 open files"), "{printed}");
    // It has given them back, and answers.
    assert_eq!(hostile.may("", "").await, "it answers");
}
