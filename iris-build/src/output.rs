//! A file that the generator prints.

use std::path::PathBuf;

/// A printed file, not yet written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Relative to the folder it is printed for: `src/users.rs`.
    pub path: PathBuf,
    /// All of it.
    pub contents: Vec<u8>,
}

impl GeneratedFile {
    /// A file with these contents.
    pub fn new(path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) -> Self {
        GeneratedFile {
            path: path.into(),
            contents: contents.into(),
        }
    }
}
