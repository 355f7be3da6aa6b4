//! An archive whose entries are a tree within the limits.

use super::BOOTSTRAP;
use super::path::TreePath;
use super::problem::Problem;
use super::tree::{LONGEST_LINK, Node, Tree};
use crate::daemon::Failure;
use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, CreatorSystem, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive,
    ZipArchiveEntryWayfinder, ZipFileHeaderRecord,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How many bytes all files of an archive have together at most: 1 GiB. AWS Lambda takes a quarter of that; executables that
/// are built for debugging are large.
pub(super) const LARGEST: u64 = 1024 * 1024 * 1024;

/// How many times as large as the archive they may be, beyond what every archive may unpack to. Executables and text come to
/// a tenth of their size; what comes to less than a hundredth is made to fill disks.
const RATIO: u64 = 100;
const FREE: u64 = 64 * 1024 * 1024;

/// The kinds of files that modes tell apart (inode(7)).
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Who may run a file.
const EXECUTABLE: u32 = 0o111;

/// An archive that was looked through: its entries are a tree within the limits. What is in them is only known once they are
/// unpacked.
#[derive(Debug)]
pub(crate) struct Archive {
    zip: ZipArchive<FileReader>,
    pub(super) tree: Tree,
    /// Where files are.
    contents: BTreeMap<TreePath, Content>,
    /// How many bytes they have together.
    total: u64,
}

/// What a file is in the archive.
#[derive(Debug, Clone, Copy)]
struct Content {
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

impl Archive {
    /// # Errors
    ///
    /// Where it cannot be read, is no archive, or not one that can be taken.
    pub(crate) fn open(path: &Path) -> Result<Archive, Problem> {
        let file = File::open(path).map_err(Failure::at(path))?;
        let length = file.metadata().map_err(Failure::at(path))?.len();
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let zip =
            ZipArchive::from_file(file, &mut buffer).map_err(|error| match error.into_kind() {
                rawzip::ErrorKind::IO(error) => Problem::damaged("it", &error),
                kind => Problem::refused(format!("it is no zip: {kind}")),
            })?;
        let mut archive = Archive {
            zip,
            tree: Tree::default(),
            contents: BTreeMap::new(),
            total: 0,
        };
        archive.look_through(&mut buffer, length)?;
        Ok(archive)
    }

    fn look_through(&mut self, buffer: &mut [u8], length: u64) -> Result<(), Problem> {
        let most = LARGEST.min(FREE.saturating_add(RATIO.saturating_mul(length)));
        let mut found = 0;
        let mut entries = self.zip.entries(buffer);
        while let Some(entry) = entries
            .next_entry()
            .map_err(|error| Problem::unreadable("its list of entries", error))?
        {
            found += 1;
            let Some(path) =
                TreePath::parse(entry.file_path().as_bytes()).map_err(Problem::Refused)?
            else {
                continue;
            };
            let content = content(&path, &entry)?;
            let length = entry.uncompressed_size_hint();
            self.total = self.total.saturating_add(length);
            if self.total > most {
                return Err(too_large(most));
            }
            let node = match kind(&path, &entry)? {
                Kind::Folder => Node::Folder,
                Kind::File { is_executable } => Node::File { is_executable },
                Kind::Link => Node::Link(target(&self.zip, &path, content)?),
            };
            if matches!(node, Node::File { .. }) {
                self.contents.insert(path.clone(), content);
            }
            self.tree.add(path, node).map_err(Problem::Refused)?;
        }
        match found == self.zip.entries_hint() {
            true => Ok(()),
            false => Err(Problem::refused(
                "its list of entries is not as long as it says",
            )),
        }
    }

    /// How many bytes its files have together: none unpacks to more than it says.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// How many files, folders and links it unpacks to.
    pub(crate) fn nodes(&self) -> usize {
        self.tree.nodes().count()
    }

    /// Whether something of it can be run: a file, or a link, that is executable.
    ///
    /// # Errors
    ///
    /// Why it cannot, for people.
    pub(crate) fn runs(&self, entry: &TreePath) -> Result<(), Problem> {
        match self.tree.at(entry) {
            // What is behind a link is seen when it is unpacked.
            Some(
                Node::File {
                    is_executable: true,
                }
                | Node::Link(_),
            ) => Ok(()),
            Some(Node::File { .. }) => Err(Problem::refused(format!("{entry} is not executable"))),
            Some(Node::Folder) => Err(Problem::refused(format!("{entry} is a folder"))),
            None => Err(Problem::refused(format!("there is no {entry} in it"))),
        }
    }

    /// What a file has in it, which fails at its end where that is not what was announced.
    pub(super) fn read(&self, path: &TreePath) -> Result<impl Read, Problem> {
        let content = self.contents.get(path);
        let content =
            content.ok_or_else(|| Problem::refused(format!("there is no {path} in it")))?;
        read(&self.zip, path, *content)
    }
}

/// What an entry is.
enum Kind {
    Folder,
    File { is_executable: bool },
    Link,
}

fn kind(path: &TreePath, entry: &ZipFileHeaderRecord<'_>) -> Result<Kind, Problem> {
    let mode = entry.mode().value();
    let system = entry.version_made_by().creator_system();
    // Others know nothing of who may run what, and some archives are made without saying anything.
    let knows_modes = matches!(system, CreatorSystem::UNIX | CreatorSystem::MACOS)
        && entry.external_attributes() >> 16 != 0;
    match mode & KIND {
        _ if entry.is_dir() => Ok(Kind::Folder),
        FOLDER => Ok(Kind::Folder),
        LINK => Ok(Kind::Link),
        REGULAR | 0 => Ok(Kind::File {
            is_executable: !knows_modes || mode & EXECUTABLE != 0 || path.as_str() == BOOTSTRAP,
        }),
        _ => Err(Problem::refused(format!(
            "{path} is neither a file nor a folder, but a device or the like"
        ))),
    }
}

fn content(path: &TreePath, entry: &ZipFileHeaderRecord<'_>) -> Result<Content, Problem> {
    let flags = entry.flags();
    if flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked() {
        return Err(Problem::refused(format!("{path} is encrypted")));
    }
    let method = entry.compression_method();
    if !matches!(
        method,
        CompressionMethod::STORE | CompressionMethod::DEFLATE
    ) {
        return Err(Problem::refused(format!(
            "{path} is compressed by the method {method}: only Deflate is known, and none"
        )));
    }
    Ok(Content {
        place: entry.wayfinder(),
        method,
    })
}

/// What a link leads to: that is its content.
fn target(
    zip: &ZipArchive<FileReader>,
    path: &TreePath,
    content: Content,
) -> Result<String, Problem> {
    if content.place.uncompressed_size_hint() > LONGEST_LINK {
        return Err(Problem::refused(format!(
            "the link {path} is longer than {LONGEST_LINK} bytes"
        )));
    }
    let mut target = Vec::new();
    let mut content = read(zip, path, content)?;
    let done = content.read_to_end(&mut target);
    done.map_err(|error| Problem::damaged(path.as_str(), &error))?;
    let target = String::from_utf8(target);
    target.map_err(|_| Problem::refused(format!("the link {path} is not in UTF-8")))
}

/// What an entry has in it. Its reader fails as soon as more comes than was announced.
fn read<'a>(
    zip: &'a ZipArchive<FileReader>,
    path: &TreePath,
    content: Content,
) -> Result<impl Read + use<'a>, Problem> {
    let entry = zip.get_entry(content.place);
    let entry = entry.map_err(|error| Problem::unreadable(path.as_str(), error))?;
    let packed: Box<dyn Read + 'a> = match content.method {
        CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(entry.reader())),
        _ => Box::new(entry.reader()),
    };
    Ok(entry.verifying_reader(packed))
}

fn too_large(most: u64) -> Problem {
    match most == LARGEST {
        true => Problem::refused("it unpacks to more than 1 GiB"),
        false => Problem::refused(format!(
            "it unpacks to more than {RATIO} times its own size, and {} MiB",
            FREE >> 20
        )),
    }
}
