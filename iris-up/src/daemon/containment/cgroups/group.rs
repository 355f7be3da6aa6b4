//! The group of one process of an app, in all hierarchies.

use super::Controls;
use super::mounts::Version;
use crate::daemon::containment::terms::Terms;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The length of time, in microseconds, of which a share is given.
const PERIOD: u64 = 100_000;

/// Between two looks whether processes that were ended are gone, and how many there are at most: 2 seconds.
const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: u32 = 400;

/// Its folders.
#[derive(Debug, Default)]
pub(crate) struct Group(Vec<Part>);

#[derive(Debug)]
struct Part {
    folder: PathBuf,
    version: Version,
    controls: Controls,
}

impl Group {
    /// Adds a folder, which is made.
    pub(super) fn make(
        &mut self,
        folder: PathBuf,
        version: Version,
        controls: Controls,
    ) -> io::Result<()> {
        fs::create_dir(&folder)?;
        self.0.push(Part {
            folder,
            version,
            controls,
        });
        Ok(())
    }

    /// One that is there.
    pub(super) fn found(folder: PathBuf) -> Group {
        let version = match folder.join("cgroup.type").exists() {
            true => Version::Two,
            false => Version::One,
        };
        let controls = Controls {
            processes: folder.join("pids.max").exists(),
            ..Controls::default()
        };
        Group(vec![Part {
            folder,
            version,
            controls,
        }])
    }

    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|part| part.folder.as_path())
    }

    /// Limits what its last folder can.
    pub(super) fn limit(&self, terms: &Terms) -> io::Result<()> {
        let Some(part) = self.0.last() else {
            return Ok(());
        };
        let quota = PERIOD * u64::from(terms.milli_cpus) / 1_000;
        if part.controls.memory {
            let memory = terms.memory.to_string();
            match part.version {
                Version::One => {
                    part.write("memory.limit_in_bytes", &memory)?;
                    // With what is swapped out. Where nothing is, the kernel may not count it.
                    let _ = part.write("memory.memsw.limit_in_bytes", &memory);
                }
                Version::Two => {
                    part.write("memory.max", &memory)?;
                    let _ = part.write("memory.swap.max", "0");
                    // All of it ends, and not one of its processes, without which the others make no sense.
                    let _ = part.write("memory.oom.group", "1");
                }
            }
        }
        if part.controls.processes {
            part.write("pids.max", &terms.processes.to_string())?;
        }
        if part.controls.processor && quota > 0 {
            match part.version {
                Version::One => {
                    part.write("cpu.cfs_period_us", &PERIOD.to_string())?;
                    part.write("cpu.cfs_quota_us", &quota.to_string())?;
                }
                Version::Two => part.write("cpu.max", &format!("{quota} {PERIOD}"))?,
            }
        }
        Ok(())
    }

    /// Ends all processes in it. Those that are being started meanwhile may be left.
    pub(crate) fn kill(&self) {
        for part in &self.0 {
            if part.controls.processes {
                // There are no more of them from here on, so that this comes to an end.
                let _ = part.write("pids.max", "0");
            }
        }
        for part in &self.0 {
            if part.version == Version::Two && part.write("cgroup.kill", "1").is_ok() {
                continue;
            }
            for process in part.processes() {
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }

    /// Ends all processes in it, and waits until none is left.
    pub(crate) async fn end(&self) {
        for _ in 0..LOOKS {
            if self.0.iter().all(|part| part.processes().is_empty()) {
                return;
            }
            self.kill();
            tokio::time::sleep(PAUSE).await;
        }
        let folders: Vec<_> = self.folders().collect();
        tracing::warn!(?folders, "processes do not end");
    }

    /// Whether one of its processes was ended since there was no memory for it.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        self.0.iter().any(|part| {
            let file = match (part.controls.memory, part.version) {
                (false, _) => return false,
                (true, Version::One) => "memory.oom_control",
                (true, Version::Two) => "memory.events",
            };
            let events = fs::read_to_string(part.folder.join(file)).unwrap_or_default();
            let ended = events
                .lines()
                .find_map(|line| line.strip_prefix("oom_kill "));
            ended.is_some_and(|count| count.trim() != "0")
        })
    }

    /// Removes it once it is empty. One that cannot be removed is left to the next daemon.
    pub(crate) async fn remove(&self) {
        for _ in 0..LOOKS {
            if self.remove_now() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether none of it is there any more.
    pub(crate) fn remove_now(&self) -> bool {
        let gone = |part: &Part| match fs::remove_dir(&part.folder) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        self.0.iter().filter(|part| !gone(part)).count() == 0
    }
}

impl Part {
    fn write(&self, file: &str, value: &str) -> io::Result<()> {
        fs::write(self.folder.join(file), value)
    }

    /// An app cannot leave its group: it may not write to any.
    fn processes(&self) -> Vec<Pid> {
        let inside = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        let ids = inside.lines().filter_map(|id| id.parse().ok());
        ids.filter_map(Pid::from_raw).collect()
    }
}
