//! The group of one process of an app, in all hierarchies.

use super::Controls;
use super::mounts::Version;
use crate::daemon::containment::launcher::Stage;
use crate::daemon::containment::terms::Terms;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// The length of time, in microseconds, of which a share is given.
const PERIOD: u64 = 100_000;

/// Between two looks whether processes that were ended are gone, and how many there are at most: 2 seconds.
const PAUSE: Duration = Duration::from_millis(5);
const LOOKS: u32 = 400;

/// Its folders, and the process that waits in there for its plan, where one does.
#[derive(Debug, Default)]
pub(crate) struct Group {
    parts: Vec<Part>,
    inside: Mutex<Option<Stage>>,
}

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
        self.parts.push(Part {
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
        Group {
            parts: vec![Part {
                folder,
                version,
                controls,
            }],
            inside: Mutex::default(),
        }
    }

    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().map(|part| part.folder.as_path())
    }

    /// This process waits in there.
    pub(in crate::daemon::containment) fn put_inside(&mut self, stage: Stage) {
        self.inside = Mutex::new(Some(stage));
    }

    /// The process that waits in there, which the first process of an app is made of.
    pub(in crate::daemon::containment) fn take_inside(&self) -> Option<Stage> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.take()
    }

    /// Moves a process into it.
    pub(super) fn add(&self, process: u32) -> io::Result<()> {
        let process = process.to_string();
        let mut parts = self.parts.iter();
        parts.try_for_each(|part| part.write("cgroup.procs", &process))
    }

    /// Limits what its folders can.
    pub(crate) fn limit(&self, terms: &Terms) -> io::Result<()> {
        self.parts.iter().try_for_each(|part| part.limit(terms))
    }

    /// Ends all processes in it. Those that are being started meanwhile may be left.
    pub(crate) fn kill(&self) {
        for part in &self.parts {
            if part.controls.processes {
                // There are no more of them from here on, so that this comes to an end.
                let _ = part.write("pids.max", "0");
            }
        }
        for part in &self.parts {
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
            if self.parts.iter().all(|part| part.processes().is_empty()) {
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
        self.parts.iter().any(Part::ran_out_of_memory)
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

    /// Nothing came of it. Who waits in there ends by itself.
    pub(crate) fn give_up(self) {
        drop(self.take_inside());
        if self.remove_now() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { self.remove().await });
        }
    }

    /// Whether none of it is there any more.
    pub(crate) fn remove_now(&self) -> bool {
        let gone = |part: &Part| match fs::remove_dir(&part.folder) {
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        self.parts.iter().filter(|part| !gone(part)).count() == 0
    }
}

impl Part {
    /// As far as this hierarchy limits something.
    fn limit(&self, terms: &Terms) -> io::Result<()> {
        let quota = PERIOD * u64::from(terms.milli_cpus) / 1_000;
        if self.controls.memory {
            let memory = terms.memory.to_string();
            match self.version {
                Version::One => {
                    self.write("memory.limit_in_bytes", &memory)?;
                    // With what is swapped out. Where nothing is, the kernel may not count it.
                    let _ = self.write("memory.memsw.limit_in_bytes", &memory);
                }
                Version::Two => {
                    self.write("memory.max", &memory)?;
                    let _ = self.write("memory.swap.max", "0");
                    // All of it ends, and not one of its processes, without which the others make no sense.
                    let _ = self.write("memory.oom.group", "1");
                }
            }
        }
        if self.controls.processes {
            self.write("pids.max", &terms.processes.to_string())?;
        }
        if self.controls.processor && quota > 0 {
            match self.version {
                Version::One => {
                    self.write("cpu.cfs_period_us", &PERIOD.to_string())?;
                    self.write("cpu.cfs_quota_us", &quota.to_string())?;
                }
                Version::Two => self.write("cpu.max", &format!("{quota} {PERIOD}"))?,
            }
        }
        Ok(())
    }

    fn ran_out_of_memory(&self) -> bool {
        let file = match (self.controls.memory, self.version) {
            (false, _) => return false,
            (true, Version::One) => "memory.oom_control",
            (true, Version::Two) => "memory.events",
        };
        let events = fs::read_to_string(self.folder.join(file)).unwrap_or_default();
        let ended = events
            .lines()
            .find_map(|line| line.strip_prefix("oom_kill "));
        ended.is_some_and(|count| count.trim() != "0")
    }

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
