//! The folders in which `.proto` files and their imports are looked up.

use protox::file::{File, FileResolver, GoogleFileResolver, IncludeFileResolver};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// U+FEFF in UTF-8. Some editors begin a file with it, and protoc passes over it.
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The folders in which `.proto` files and their imports are looked up, the first that has a file first.
#[derive(Debug, Clone)]
pub(crate) struct Includes {
    folders: Vec<PathBuf>,
}

impl Includes {
    pub(crate) fn new(mut folders: Vec<PathBuf>) -> Self {
        folders.dedup();
        Includes { folders }
    }

    /// Where the file is that imports call `name`. What comes with protox (`google/protobuf/..`) is nowhere.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        let mut paths = self.folders.iter().map(|folder| folder.join(name));
        paths.find(|path| path.is_file())
    }
}

impl FileResolver for Includes {
    fn resolve_path(&self, path: &Path) -> Option<String> {
        self.folders
            .iter()
            .find_map(|folder| IncludeFileResolver::new(folder.clone()).resolve_path(path))
    }

    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.find(name) {
            None => GoogleFileResolver::new().open_file(name),
            Some(path) => match marked_text(&path) {
                Some(text) => File::from_source(name, &text),
                // Reads the file itself, and tells what is wrong if it cannot be read.
                None => File::open(name, &path),
            },
        }
    }
}

/// The contents of a file without the mark that may stand before them.
pub(crate) fn without_mark(contents: &[u8]) -> &[u8] {
    contents.strip_prefix(&BYTE_ORDER_MARK).unwrap_or(contents)
}

/// What follows the mark, if the file begins with one and is text.
fn marked_text(path: &Path) -> Option<String> {
    let read = || -> io::Result<Option<String>> {
        let mut file = fs::File::open(path)?;
        let mut start = [0; BYTE_ORDER_MARK.len()];
        file.read_exact(&mut start)?;
        if start != BYTE_ORDER_MARK {
            return Ok(None);
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(Some(text))
    };
    read().ok().flatten()
}
