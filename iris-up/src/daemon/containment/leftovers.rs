//! Processes of an app that are in no group and have no mark: they are found by the app's user.

use crate::daemon::process::marker::{self, Marker};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

/// How often they are looked for until none is left: ten seconds, since whoever has to ask how orphans have ended may have
/// much else to do.
const LOOKS: usize = 1_000;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Ends all processes of these users, but for those whose environment names another daemon: two daemons on a host may give
/// their apps the same users.
pub(super) async fn end_all(users: &BTreeSet<u32>, marker: &Marker) {
    for _ in 0..LOOKS {
        let found = processes_of(users, marker);
        if found.is_empty() {
            return;
        }
        // What is stopped starts no other while the rest is ended.
        for signal in [Signal::STOP, Signal::KILL] {
            for process in &found {
                let _ = kill_process(*process, signal);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    tracing::warn!(?users, "processes of apps do not end");
}

fn processes_of(users: &BTreeSet<u32>, marker: &Marker) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| is_of(*id, users) && !is_of_another_daemon(*id, marker))
        .filter_map(Pid::from_raw)
        .collect()
}

/// Whether a process runs as one of these users. Who its folder in `/proc` belongs to says something else of some.
fn is_of(id: i32, wanted: &BTreeSet<u32>) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let mut lines = status.lines();
    // One that has ended counts among its user's until somebody has asked how.
    let users = lines.find_map(|line| line.strip_prefix("Uid:"));
    users.is_some_and(|users| {
        let mut users = users.split_whitespace();
        users.any(|found| found.parse().is_ok_and(|user| wanted.contains(&user)))
    })
}

fn is_of_another_daemon(id: i32, marker: &Marker) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    let mut variables = environment.split(|byte| *byte == 0);
    let name = format!("{}=", marker::NAME);
    let daemon = variables.find_map(|variable| variable.strip_prefix(name.as_bytes()));
    daemon.is_some_and(|daemon| daemon != marker.value().as_bytes())
}
