//! Zip archives that apps are made of: packed where they are pushed from, checked there and by the daemon, which unpacks them.
//!
//! Nothing that an archive says of itself is believed. Whoever made it may want to write elsewhere, to fill the disk, or to be
//! taken for something else.
//!
//! | to read | |
//! |---|---|
//! | `path` | the name of an entry as a path within the tree, or why it is none |
//! | `tree` | entries as a tree: each once, within folders, links that stay inside |
//! | `reader` | an archive whose entries are a tree within the limits |
//! | `unpack` | that tree as files |
//! | `pack` | files as an archive: the same files, the same bytes |
//! | `problem` | why an archive is not taken |

mod pack;
mod path;
mod problem;
mod reader;
mod tree;
mod unpack;

#[cfg(test)]
mod tests;

pub(crate) use pack::{Packed, Packing};
pub(crate) use path::TreePath;
pub(crate) use problem::Problem;
pub(crate) use reader::Archive;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What is run of a tree unless somebody says otherwise, as AWS Lambda has it.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// The folder of a tree whose executables run beside a function's process, as AWS Lambda has it.
pub(crate) const EXTENSIONS: &str = "extensions";

/// Whether a file is meant to be an archive: it begins like one (a local header, or the end of an empty one).
pub(crate) fn begins_like_one(path: &Path) -> io::Result<bool> {
    let mut start = Vec::with_capacity(4);
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start == b"PK\x03\x04" || start == b"PK\x05\x06")
}
