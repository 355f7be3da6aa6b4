//! Files as an archive: the same files make the same bytes, whenever and by whomever they are packed.

use super::path::TreePath;
use super::problem::Problem;
use super::reader::LARGEST;
use super::tree::{Node, Tree};
use crate::daemon::Failure;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::path::{EntryPath, ZipFilePath};
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The modes of what is packed, whatever they are on this machine but for whether a file is executable (inode(7)).
const FOLDER: u32 = 0o040_755;
const FILE: u32 = 0o100_644;
const EXECUTABLE: u32 = 0o100_755;
const LINK: u32 = 0o120_777;

/// What is never packed: it has all that ever was in a folder.
const LEFT_OUT: &str = ".git";

/// What is to be packed.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    tree: Tree,
    /// Where files are now.
    files: BTreeMap<TreePath, PathBuf>,
    /// The bytes of all of them.
    bytes: u64,
}

/// What was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packed {
    /// The bytes of all files.
    pub(crate) unpacked: u64,
    /// The bytes of the archive.
    pub(crate) bytes: u64,
}

impl Packing {
    /// Adds an executable.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or there is something in its place.
    pub(crate) fn add_executable(&mut self, name: &str, file: &Path) -> Result<(), Problem> {
        let length = fs::metadata(file).map_err(Failure::at(file))?.len();
        let node = Node::File {
            is_executable: true,
        };
        self.add_file(parsed(name.as_bytes())?, file, node, length)
    }

    /// Adds a file, or a folder with all that is in it, by its own name.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or has something in it that is neither file, folder nor link, or a link that leads out of it.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), Problem> {
        let whole = std::path::absolute(path).map_err(Failure::at(path))?;
        let Some(name) = whole.file_name() else {
            return Err(Problem::refused(format!("{} has no name", path.display())));
        };
        self.add_all(path, name.as_bytes().to_vec())
    }

    /// Adds all that is in a folder.
    ///
    /// # Errors
    ///
    /// As those of [`add`](Packing::add).
    pub(crate) fn add_content(&mut self, folder: &Path) -> Result<(), Problem> {
        self.add_within(folder, &[])
    }

    fn add_all(&mut self, from: &Path, name: Vec<u8>) -> Result<(), Problem> {
        let metadata = fs::symlink_metadata(from).map_err(Failure::at(from))?;
        let path = parsed(&name)?;
        if metadata.is_dir() {
            self.tree
                .add(path, Node::Folder)
                .map_err(Problem::Refused)?;
            return self.add_within(from, &name);
        }
        if metadata.is_symlink() {
            let target = fs::read_link(from).map_err(Failure::at(from))?;
            let target = target.into_os_string().into_string();
            let target =
                target.map_err(|_| Problem::refused(format!("the link {path} is not in UTF-8")))?;
            return self
                .tree
                .add(path, Node::Link(target))
                .map_err(Problem::Refused);
        }
        if !metadata.is_file() {
            return Err(Problem::refused(format!(
                "{path} is neither a file nor a folder, but a device or the like"
            )));
        }
        let is_executable = metadata.permissions().mode() & 0o111 != 0;
        self.add_file(path, from, Node::File { is_executable }, metadata.len())
    }

    /// Goes down no deeper than paths may be: names of those that are deeper are refused.
    fn add_within(&mut self, folder: &Path, name: &[u8]) -> Result<(), Problem> {
        let entries = fs::read_dir(folder).map_err(Failure::at(folder))?;
        for entry in entries {
            let entry = entry.map_err(Failure::at(folder))?;
            let own = entry.file_name();
            if own == LEFT_OUT {
                continue;
            }
            let mut name = name.to_vec();
            if !name.is_empty() {
                name.push(b'/');
            }
            name.extend_from_slice(own.as_bytes());
            self.add_all(&entry.path(), name)?;
        }
        Ok(())
    }

    fn add_file(
        &mut self,
        path: TreePath,
        from: &Path,
        node: Node,
        length: u64,
    ) -> Result<(), Problem> {
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > LARGEST {
            return Err(Problem::refused("its files have more than 1 GiB"));
        }
        self.tree
            .add(path.clone(), node)
            .map_err(Problem::Refused)?;
        self.files.insert(path, from.to_owned());
        Ok(())
    }

    /// Writes the archive.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read any more, or the archive not be written.
    pub(crate) fn write(&self, to: &File) -> Result<Packed, Problem> {
        let mut archive = ZipArchiveWriter::new(BufWriter::new(to));
        for (path, node) in self.tree.nodes() {
            let written = match node {
                Node::Folder => write_folder(&mut archive, path),
                Node::Link(target) => write_file(&mut archive, path, LINK, &mut target.as_bytes()),
                Node::File { is_executable } => {
                    let from = &self.files[path];
                    let mut file = File::open(from).map_err(Failure::at(from))?;
                    let mode = if *is_executable { EXECUTABLE } else { FILE };
                    write_file(&mut archive, path, mode, &mut file)
                }
            };
            written.map_err(|error| Failure::during(format!("packing {path}"), error))?;
        }
        let finished = archive.finish().map_err(io::Error::other);
        let flushed = finished.and_then(|mut file| file.flush());
        flushed.map_err(|error| Failure::during("packing", error))?;
        let metadata = to.metadata();
        let metadata = metadata.map_err(|error| Failure::during("packing", error))?;
        Ok(Packed {
            unpacked: self.bytes,
            bytes: metadata.len(),
        })
    }
}

fn parsed(name: &[u8]) -> Result<TreePath, Problem> {
    let path = TreePath::parse(name).map_err(Problem::Refused)?;
    path.ok_or_else(|| Problem::refused("a file without a name"))
}

fn write_folder<W: Write>(
    archive: &mut ZipArchiveWriter<W>,
    path: &TreePath,
) -> Result<(), rawzip::Error> {
    let name = format!("{path}/");
    let folder = archive.new_dir(entry_path(&name));
    folder
        .last_modified(long_ago())
        .unix_permissions(FOLDER)
        .create()?;
    Ok(())
}

fn write_file<W: Write>(
    archive: &mut ZipArchiveWriter<W>,
    path: &TreePath,
    mode: u32,
    content: &mut dyn io::Read,
) -> Result<(), rawzip::Error> {
    let (mut entry, config) = archive
        .new_file(entry_path(path.as_str()))
        .compression_method(CompressionMethod::DEFLATE)
        .last_modified(long_ago())
        .unix_permissions(mode)
        .start()?;
    let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
    io::copy(content, &mut writer)?;
    let (encoder, descriptor) = writer.finish()?;
    encoder.finish()?;
    entry.finish(descriptor)?;
    Ok(())
}

/// As the archive has it, marked as UTF-8 where it is no ASCII. A name that other systems could not have, such as `a:b`, is
/// written as it is, and not made into another.
fn entry_path(name: &str) -> EntryPath<'_> {
    match ZipFilePath::from_str(name).as_str() == name {
        true => EntryPath::conformant(name),
        false => EntryPath::verbatim(name.as_bytes()),
    }
}

/// When files were changed is no part of what they are. This is the first day that an archive knows.
fn long_ago() -> UtcDateTime {
    UtcDateTime::from_unix(315_532_800)
}
