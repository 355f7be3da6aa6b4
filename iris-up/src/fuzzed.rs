//! What `tests/fuzz-corpus` holds archives by. Nobody else calls it, and it may change any day.

use crate::archive::Archive;
use std::path::Path;

/// What came of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpacked {
    /// The bytes that its files have together, as it announces them.
    pub bytes: u64,
    /// How many files, folders and links there are.
    pub nodes: usize,
}

/// Unpacks an archive into an empty folder, as the daemon does with what is pushed.
///
/// # Errors
///
/// Why it is not taken, for people.
pub fn unpack(archive: &Path, into: &Path) -> Result<Unpacked, String> {
    let archive = Archive::open(archive).map_err(|problem| problem.to_string())?;
    let unpacked = Unpacked {
        bytes: archive.total(),
        nodes: archive.nodes(),
    };
    match archive.unpack(into) {
        Ok(()) => Ok(unpacked),
        Err(problem) => Err(problem.to_string()),
    }
}
