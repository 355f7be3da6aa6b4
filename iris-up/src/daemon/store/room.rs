//! Room for artifacts and what archives have in them, promised before it is taken: several who write at once do not each count
//! the same that is free. There is as much as the disk has, and no more than the daemon is told to keep.

use super::kept::Kept;
use crate::daemon::Failure;
use rustix::fs::StatVfs;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes of the disk artifacts and trees leave to others: the registry, logs, what apps write.
const RESERVE: u64 = 64 * 1024 * 1024;

/// How many files of it, where many are to be made.
const RESERVED_FILES: u64 = 1_000;

/// How much of the disk is kept at most unless it is told otherwise: one part of so many.
const PARTS: u64 = 2;

/// The room on the disk with a folder.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// The most bytes that are kept.
    most: u64,
    /// What a file takes beside its bytes: its last block, and what the disk keeps of it.
    block: u64,
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    /// What is promised and not on the disk yet.
    promised: Need,
    /// What has been written, all in all.
    spent: Need,
    kept: Kept,
}

/// How much a disk has.
struct Seen {
    disk: StatVfs,
    /// What had been written before anybody looked: what has been since may count there as free.
    spent: Need,
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
    /// No more than so many bytes are kept.
    Kept(u64),
    /// The disk does not say.
    Unknown(Failure),
}

impl Room {
    /// No more than `most` bytes are kept there; half of what the disk has, unless told. It asks the disk: for a thread where that
    /// may take its time.
    pub(super) fn of(folder: &Path, most: Option<u64>) -> Result<Room, Failure> {
        let disk = disk(folder)?;
        let all = disk.f_blocks.saturating_mul(disk.f_frsize);
        Ok(Room(Arc::new(Inner {
            folder: folder.to_owned(),
            most: most.unwrap_or(all / PARTS),
            block: disk.f_frsize,
            books: Mutex::default(),
        })))
    }

    /// Promises as much as is needed. It asks the disk: for a thread where that may take its time.
    ///
    /// # Errors
    ///
    /// Where there is not so much, beside what is promised to others.
    pub(super) fn promise(&self, need: Need) -> Result<Promised, Short> {
        let seen = self.look().map_err(Short::Unknown)?;
        self.promise_of(&seen, need)
    }

    /// A disk that does not answer keeps nobody from the books.
    fn look(&self) -> Result<Seen, Failure> {
        let spent = self.books().spent;
        let disk = disk(&self.0.folder)?;
        Ok(Seen { disk, spent })
    }

    fn promise_of(&self, Seen { disk, spent }: &Seen, need: Need) -> Result<Promised, Short> {
        let bytes = self.taken(need);
        let mut books = self.books();
        let kept = books.kept.total();
        // What was written meanwhile is counted twice at times, and never left out.
        let written = Need {
            bytes: books.spent.bytes.wrapping_sub(spent.bytes),
            files: books.spent.files.wrapping_sub(spent.files),
        };
        let promised = &mut books.promised;
        let all = kept.saturating_add(promised.bytes);
        if all.saturating_add(bytes) > self.0.most {
            return Err(Short::Kept(self.0.most));
        }
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let free = free.saturating_sub(promised.bytes.saturating_add(written.bytes));
        if free < bytes.saturating_add(RESERVE) {
            return Err(Short::Bytes(free));
        }
        let others = promised.files.saturating_add(written.files);
        let files = disk.f_favail.saturating_sub(others);
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

    /// So many bytes are there, whatever was before.
    pub(super) fn set(&self, place: &Path, bytes: u64) {
        self.books().kept.set(place, bytes);
    }

    /// Nothing is there any more.
    pub(super) fn forget(&self, place: &Path) {
        self.books().kept.forget(place);
    }

    /// What was there is elsewhere.
    pub(super) fn moved(&self, from: &Path, to: &Path) {
        self.books().kept.moved(from, to);
    }

    /// How much files take that have so many bytes together.
    pub(super) fn taken(&self, need: Need) -> u64 {
        let blocks = need.files.saturating_mul(self.0.block);
        need.bytes.saturating_add(blocks)
    }

    /// No number is ever half changed.
    fn books(&self) -> MutexGuard<'_, Books> {
        let books = self.0.books.lock();
        books.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Promised {
    /// So many bytes of it are on the disk, at this place.
    pub(super) fn spend(&mut self, place: &Path, bytes: u64) {
        let spent = bytes.min(self.bytes);
        self.bytes -= spent;
        let mut books = self.room.books();
        books.promised.bytes -= spent;
        books.spent.bytes = books.spent.bytes.wrapping_add(spent);
        books.kept.add(place, spent);
    }

    /// All of it is.
    pub(super) fn spend_all(mut self, place: &Path) {
        self.spend(place, u64::MAX);
    }
}

impl Drop for Promised {
    fn drop(&mut self) {
        let mut books = self.room.books();
        books.promised.bytes -= self.bytes;
        books.promised.files -= self.files;
        // They may have been made.
        books.spent.files = books.spent.files.wrapping_add(self.files);
    }
}

fn disk(folder: &Path) -> Result<StatVfs, Failure> {
    let disk = rustix::fs::statvfs(folder).map_err(io::Error::from);
    disk.map_err(Failure::at(folder))
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
            Short::Kept(most) => write!(
                formatter,
                "what the daemon keeps of apps would have more than {most} bytes: remove apps, or serve with a larger --max-store or a smaller --keep-versions"
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
        let room = Room::of(folder.path(), Some(u64::MAX)).unwrap();
        let Err(Short::Bytes(free)) = room.promise(bytes(u64::MAX - 1)) else {
            panic!("the disk has no end");
        };
        let promised = || room.books().promised;
        // Others write to this disk as well, while this runs.
        let half = free / 2;
        let mut first = room.promise(bytes(half)).unwrap();
        assert!(matches!(room.promise(bytes(half)), Err(Short::Bytes(_))));
        let place = folder.path().join("place");
        first.spend(&place, half / 2);
        first.spend(&place, u64::MAX);
        assert_eq!(promised(), Need::default());
        let second = room.promise(bytes(half)).unwrap();
        drop((first, second));
        assert_eq!(promised(), Need::default());
        assert_eq!(room.books().kept.total(), half);
        let need = |files| Need { bytes: 0, files };
        assert!(room.promise(need(u64::MAX)).is_err());
        let files = room.promise(need(3)).unwrap();
        assert_eq!(promised().files, 3);
        assert_eq!(promised().bytes, room.taken(need(3)));
        assert!(promised().bytes >= 3, "each takes a block");
        files.spend_all(&place);
        assert_eq!(promised(), Need::default());
    }

    #[test]
    fn what_was_written_since_somebody_looked_is_free_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::of(folder.path(), Some(u64::MAX)).unwrap();
        let seen = room.look().unwrap();
        let free = seen.disk.f_bavail * seen.disk.f_frsize - RESERVE;
        let first = room.promise_of(&seen, bytes(free / 2)).unwrap();
        first.spend_all(Path::new("place"));
        // Nothing is promised any more, and this was seen before.
        let late = room.promise_of(&seen, bytes(free));
        assert!(matches!(late, Err(Short::Bytes(_))), "{late:?}");
        room.promise_of(&seen, bytes(free / 3)).unwrap();
    }

    /// Of a disk on which files are scarcer than bytes.
    #[test]
    fn files_are_promised_as_bytes_are() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::of(folder.path(), Some(u64::MAX)).unwrap();
        let mut seen = room.look().unwrap();
        seen.disk.f_files = 10_000;
        seen.disk.f_favail = RESERVED_FILES + 10;
        let need = |files| Need { bytes: 0, files };
        let refused = |files| {
            let late = room.promise_of(&seen, need(files));
            matches!(late, Err(Short::Files(_)))
        };
        assert!(refused(11));
        let six = room.promise_of(&seen, need(6)).unwrap();
        assert!(refused(5));
        // They may have been made, and this was seen before.
        drop(six);
        assert!(refused(5));
        drop(room.promise_of(&seen, need(4)).unwrap());
        // Some file systems count none.
        seen.disk.f_files = 0;
        room.promise_of(&seen, need(11)).unwrap();
    }

    #[test]
    fn what_is_kept_and_what_is_promised_is_no_more_than_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::of(folder.path(), Some(100)).unwrap();
        let refused = |more| matches!(room.promise(bytes(more)), Err(Short::Kept(100)));
        room.set(Path::new("one"), 60);
        assert!(refused(41));
        let mut promised = room.promise(bytes(30)).unwrap();
        assert!(refused(11));
        promised.spend(Path::new("two"), 20);
        assert!(refused(11));
        drop(promised);
        assert!(refused(21));
        room.forget(Path::new("one"));
        assert!(refused(81));
        room.promise(bytes(80)).unwrap();
    }
}
