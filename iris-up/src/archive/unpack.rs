//! A tree as files that nobody writes.

use super::Archive;
use super::path::TreePath;
use super::problem::Problem;
use super::tree::Node;
use crate::daemon::Failure;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;

/// All may look, and run what is executable; nobody writes.
const FOLDER: u32 = 0o555;
const FILE: u32 = 0o444;
const EXECUTABLE: u32 = 0o555;

/// How many bytes are unpacked at once.
const PIECE: usize = 64 * 1024;

impl Archive {
    /// Unpacks it into a folder that is empty, and that nobody else gets into meanwhile. It is not on the disk for good yet.
    ///
    /// # Errors
    ///
    /// Where something in it is damaged, or the disk fails. What is there then is half of it.
    pub(crate) fn unpack(&self, into: &Path) -> Result<(), Problem> {
        self.unpack_with(into, &mut |_| {})
    }

    /// The same, and tells of bytes as they are written.
    pub(crate) fn unpack_with(
        &self,
        into: &Path,
        tell: &mut dyn FnMut(u64),
    ) -> Result<(), Problem> {
        for (path, node) in self.tree.nodes() {
            let place = into.join(path.as_str());
            match node {
                Node::Folder => fs::create_dir(&place).map_err(Failure::at(&place))?,
                Node::File { is_executable } => {
                    self.unpack_file(path, &place, *is_executable, tell)?;
                }
                Node::Link(target) => symlink(target, &place).map_err(Failure::at(&place))?,
            }
        }
        // Last, and from the inside out: nothing gets into them any more.
        let folders = self
            .tree
            .nodes()
            .rev()
            .filter(|(_, node)| **node == Node::Folder);
        for (path, _) in folders {
            close(&into.join(path.as_str()))?;
        }
        close(into)
    }

    fn unpack_file(
        &self,
        path: &TreePath,
        place: &Path,
        is_executable: bool,
        tell: &mut dyn FnMut(u64),
    ) -> Result<(), Problem> {
        let mut content = self.read(path)?;
        let mut options = OpenOptions::new();
        // It is new: neither a file nor a link is there.
        let opened = options.write(true).create_new(true).mode(0o600).open(place);
        let mut file = opened.map_err(Failure::at(place))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = content.read(&mut piece);
            match read.map_err(|error| Problem::damaged(path.as_str(), &error))? {
                0 => break,
                read => {
                    file.write_all(&piece[..read]).map_err(Failure::at(place))?;
                    tell(read as u64);
                }
            }
        }
        let mode = match is_executable {
            true => EXECUTABLE,
            false => FILE,
        };
        let closed = file.set_permissions(Permissions::from_mode(mode));
        Ok(closed.map_err(Failure::at(place))?)
    }
}

fn close(folder: &Path) -> Result<(), Problem> {
    let closed = fs::set_permissions(folder, Permissions::from_mode(FOLDER));
    Ok(closed.map_err(Failure::at(folder))?)
}
