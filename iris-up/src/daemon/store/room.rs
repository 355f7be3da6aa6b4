//! Room on the disk, promised before it is taken: several who write at once do not each count the same that is free.

use crate::daemon::Failure;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes of the disk artifacts and trees leave to others: the registry, logs, what apps write.
const RESERVE: u64 = 64 * 1024 * 1024;

/// How many files of it, where many are to be made.
const RESERVED_FILES: u64 = 1_000;

/// The room on the disk with a folder.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// What is promised and not on the disk yet.
    promised: Mutex<Need>,
}

/// What is needed of a disk.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Need {
    pub(super) bytes: u64,
    /// Files, folders and links: each takes a whole block, too.
    pub(super) files: u64,
}

/// Room that is nobody else's until this is dropped. What is on the disk by then is free no longer.
#[derive(Debug)]
pub(crate) struct Promised {
    room: Room,
    bytes: u64,
    files: u64,
}

/// Why there is no room.
#[derive(Debug)]
pub enum Short {
    /// So many bytes are left, with those that are kept for others.
    Bytes(u64),
    /// So many files are.
    Files(u64),
    /// The disk does not say.
    Unknown(Failure),
}

impl Room {
    pub(super) fn of(folder: &Path) -> Room {
        Room(Arc::new(Inner {
            folder: folder.to_owned(),
            promised: Mutex::default(),
        }))
    }

    /// Promises as much as is needed.
    ///
    /// # Errors
    ///
    /// Where there is not so much, beside what is promised to others.
    pub(super) fn promise(&self, need: Need) -> Result<Promised, Short> {
        let mut promised = self.promised();
        // What is written in between is counted twice, and not left out.
        let disk = rustix::fs::statvfs(&self.0.folder).map_err(io::Error::from);
        let disk = disk.map_err(|error| Short::Unknown(Failure::at(&self.0.folder)(error)))?;
        let blocks = need.files.saturating_mul(disk.f_frsize);
        let bytes = need.bytes.saturating_add(blocks);
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let free = free.saturating_sub(promised.bytes);
        if free < bytes.saturating_add(RESERVE) {
            return Err(Short::Bytes(free));
        }
        let files = disk.f_favail.saturating_sub(promised.files);
        // Some file systems count no files.
        let counts = need.files > 0 && disk.f_files > 0;
        if counts && files < need.files.saturating_add(RESERVED_FILES) {
            return Err(Short::Files(files));
        }
        promised.bytes = promised.bytes.saturating_add(bytes);
        promised.files = promised.files.saturating_add(need.files);
        Ok(Promised {
            room: self.clone(),
            bytes,
            files: need.files,
        })
    }

    /// Neither number is ever half changed.
    fn promised(&self) -> MutexGuard<'_, Need> {
        let promised = self.0.promised.lock();
        promised.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Promised {
    /// So many bytes of it are on the disk.
    pub(crate) fn spend(&mut self, bytes: u64) {
        let spent = bytes.min(self.bytes);
        self.bytes -= spent;
        self.room.promised().bytes -= spent;
    }
}

impl Drop for Promised {
    fn drop(&mut self) {
        let mut promised = self.room.promised();
        promised.bytes -= self.bytes;
        promised.files -= self.files;
    }
}

impl fmt::Display for Short {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Short::Bytes(left) => write!(
                formatter,
                "there are {left} bytes left on the daemon's disk, which is too few: some are kept for others"
            ),
            Short::Files(left) => write!(
                formatter,
                "there are {left} files left on the daemon's disk, which is too few: some are kept for others"
            ),
            Short::Unknown(failure) => failure.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(bytes: u64) -> Need {
        Need { bytes, files: 0 }
    }

    #[test]
    fn what_is_promised_is_nobody_elses_until_it_is_spent_or_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::of(folder.path());
        let Err(Short::Bytes(free)) = room.promise(bytes(u64::MAX)) else {
            panic!("the disk has no end");
        };
        // Others write to this disk as well, while this runs.
        let half = free / 2;
        let mut first = room.promise(bytes(half)).unwrap();
        assert!(matches!(room.promise(bytes(half)), Err(Short::Bytes(_))));
        first.spend(half / 2);
        first.spend(u64::MAX);
        assert_eq!(*room.promised(), Need::default());
        let second = room.promise(bytes(half)).unwrap();
        drop((first, second));
        assert_eq!(*room.promised(), Need::default());
        let need = Need {
            bytes: 0,
            files: u64::MAX,
        };
        assert!(room.promise(need).is_err());
        let need = Need { bytes: 0, files: 3 };
        let files = room.promise(need).unwrap();
        assert_eq!(room.promised().files, 3);
        assert!(room.promised().bytes >= 3, "each takes a block");
        drop(files);
        assert_eq!(*room.promised(), Need::default());
    }
}
