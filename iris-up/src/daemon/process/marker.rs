//! What all processes of a daemon have in their environment, so that those are found which a daemon left behind that was
//! killed.

use crate::daemon::Failure;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The name of the environment variable.
pub(crate) const NAME: &str = "IRIS_UP_DAEMON";

/// How often processes are looked for until none is left: each time those are ended that were there.
const LOOKS: usize = 100;

/// What marks the processes of the daemon with this folder: the folder itself.
#[derive(Debug, Clone)]
pub(crate) struct Marker(Arc<str>);

impl Marker {
    /// The folder has one path: an absolute one, without links.
    pub(crate) fn of(folder: &Path) -> Marker {
        Marker(folder.to_string_lossy().into())
    }

    pub(crate) fn value(&self) -> &str {
        &self.0
    }

    /// Ends every process that is marked so. A process that took the mark off itself is not found.
    pub(crate) async fn end_all(&self) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            let found = self.processes()?;
            if found.is_empty() {
                return Ok(());
            }
            for process in found {
                tracing::info!(
                    process = process.as_raw_nonzero().get(),
                    "left behind: ended"
                );
                let _ = kill_process(process, Signal::KILL);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(Failure::during(
            "ending what an earlier daemon left behind",
            "processes are there that do not end",
        ))
    }

    fn processes(&self) -> Result<Vec<Pid>, Failure> {
        let wanted = format!("{NAME}={}", self.0);
        let own = std::process::id().cast_signed();
        let entries = fs::read_dir("/proc").map_err(Failure::at("/proc".as_ref()))?;
        Ok(entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let id: i32 = entry.file_name().to_str()?.parse().ok()?;
                // Those of others cannot be read, and those that have ended have none.
                let environment = fs::read(entry.path().join("environ")).ok()?;
                let mut variables = environment.split(|byte| *byte == 0);
                let marked =
                    variables.any(|variable| variable == std::ffi::OsStr::new(&wanted).as_bytes());
                (marked && id != own).then(|| Pid::from_raw(id)).flatten()
            })
            .collect())
    }
}
