//! Limits of a process and of those that it starts, each for itself (`setrlimit`).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    /// Open files.
    OpenFiles,
    /// Processes and threads of its user, of all of that user's.
    Processes,
    /// The bytes of a core dump.
    Core,
    /// The bytes of a file that it writes.
    FileSize,
    /// The bytes of memory that it may write to, used or not.
    Data,
    /// The bytes in message queues, which stay where the process goes.
    Queues,
}

const ALL: [(Limit, &str, Resource); 6] = [
    (Limit::OpenFiles, "open-files", Resource::Nofile),
    (Limit::Processes, "processes", Resource::Nproc),
    (Limit::Core, "core", Resource::Core),
    (Limit::FileSize, "file-size", Resource::Fsize),
    (Limit::Data, "data", Resource::Data),
    (Limit::Queues, "queues", Resource::Msgqueue),
];

impl Limit {
    /// As the stage is told.
    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }

    pub(crate) fn parse(name: &str) -> Option<Limit> {
        let mut rows = ALL.iter();
        rows.find(|row| row.1 == name).map(|row| row.0)
    }

    fn row(self) -> &'static (Limit, &'static str, Resource) {
        // Each is there.
        ALL.iter().find(|row| row.0 == self).unwrap_or(&ALL[0])
    }
}

/// Sets a limit that cannot be raised again. One that is lower already stays.
pub(super) fn set(limit: Limit, value: u64) -> io::Result<()> {
    let resource = limit.row().2;
    let highest = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let value = Some(value.min(highest));
    setrlimit(
        resource,
        Rlimit {
            current: value,
            maximum: value,
        },
    )?;
    Ok(())
}
