//! Trees: what archives have in them, unpacked once for all versions that are made of one, in a folder named by its hash.
//!
//! A tree is there whole or not at all: it is unpacked under another name, is on the disk for good, and then gets its own.

use super::room::{Need, Room};
use super::turns::Turn;
use crate::archive::{Archive, EXTENSIONS, Problem, TreePath};
use crate::daemon::Failure;
use crate::daemon::trash::Trash;
use crate::hash::Hash;
use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What names begin with that are not those of trees yet.
const UNFINISHED: &str = "unfinished-";

/// The mode of a tree that is whole.
const CLOSED: u32 = 0o555;

/// How many extensions a function has at most (AWS Lambda's quota).
const MOST_EXTENSIONS: usize = 10;

/// The trees in the folder `trees` of a daemon's.
#[derive(Debug, Clone)]
pub(crate) struct Trees {
    folder: PathBuf,
    trash: Trash,
    room: Room,
    /// The trees that an earlier daemon made and of which it is not known how much they have; `None` where it is not known
    /// either which there are.
    unmeasured: Arc<Mutex<Option<Vec<PathBuf>>>>,
    /// So that no two that are being unpacked have one name.
    count: Arc<AtomicU64>,
}

/// A version's own: what is run of it, and in which tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    pub(crate) file: PathBuf,
    /// Where that is what an archive had in it.
    pub(crate) tree: Option<PathBuf>,
}

impl Trees {
    /// Those of a daemon, of which an earlier one may have left half of one.
    pub(super) fn open(folder: &Path, trash: Trash, room: Room) -> Result<Trees, Failure> {
        let folder = folder.join("trees");
        fs::create_dir_all(&folder).map_err(Failure::at(&folder))?;
        let trees = Trees {
            folder,
            trash,
            room,
            unmeasured: Arc::default(),
            count: Arc::default(),
        };
        trees.remove_where(|name| name.starts_with(UNFINISHED))?;
        Ok(trees)
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        self.folder.join(hash.as_str())
    }

    /// What is run of a version that is this artifact, or that entry of the archive which it is.
    ///
    /// # Errors
    ///
    /// Where the entry is none.
    pub(crate) fn program(
        &self,
        artifact: PathBuf,
        hash: &Hash,
        entry: &str,
    ) -> Result<Program, Problem> {
        Ok(match named(entry)? {
            None => Program {
                file: artifact,
                tree: None,
            },
            Some(entry) => {
                let tree = self.path(hash);
                Program {
                    file: tree.join(entry.as_str()),
                    tree: Some(tree),
                }
            }
        })
    }

    /// Sees to it that an archive's tree is there, and has this entry to run. It takes its time: for a thread where it may. Whoever
    /// has the turn does it for others that want the same, so that its room is promised once.
    ///
    /// # Errors
    ///
    /// Where the archive is not one that can be taken, or the disk fails.
    pub(super) fn unpack(
        &self,
        _turn: &Turn,
        artifact: &Path,
        hash: &Hash,
        entry: &str,
    ) -> Result<(), Problem> {
        let Some(entry) = named(entry)? else {
            return Ok(());
        };
        let tree = self.path(hash);
        if tree.exists() {
            // Whoever was about to remove it may have been ended in between.
            let opened = fs::set_permissions(&tree, fs::Permissions::from_mode(CLOSED));
            opened.map_err(Failure::at(&tree))?;
            return runs(&tree, &entry);
        }
        let archive = Archive::open(artifact)?;
        archive.runs(&entry)?;
        self.measure();
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let place = self.folder.join(format!("{UNFINISHED}{number}"));
        if let Err(problem) = self.make(&archive, &place, &tree, &entry) {
            self.remove(&place)?;
            return Err(problem);
        }
        Ok(())
    }

    /// Looks how much the trees have that an earlier daemon made, where that is not known yet. It takes its time: a daemon with
    /// thousands of them does not begin with it. What cannot be looked at now is looked at the next time.
    pub(super) fn measure(&self) {
        let mut unmeasured = self
            .unmeasured
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let trees = match unmeasured.take() {
            Some(trees) => trees,
            None => match self.trees() {
                Ok(trees) => trees
                    .into_iter()
                    .filter(|tree| !is_unfinished(tree))
                    .collect(),
                Err(failure) => {
                    tracing::error!(%failure, "how much is unpacked is not known");
                    return;
                }
            },
        };
        let is_left = |tree: &PathBuf| match self.measure_one(tree) {
            Ok(()) => false,
            Err(failure) => {
                tracing::error!(%failure, "how much of it is unpacked is not known");
                true
            }
        };
        *unmeasured = Some(trees.into_iter().filter(is_left).collect());
    }

    fn measure_one(&self, tree: &Path) -> Result<(), Failure> {
        let measured = needed(tree).map(|need| self.room.set(tree, self.room.taken(need)));
        // It may have been removed meanwhile.
        if !tree.exists() {
            self.room.forget(tree);
            return Ok(());
        }
        measured
    }

    fn trees(&self) -> Result<Vec<PathBuf>, Failure> {
        let entries = fs::read_dir(&self.folder).map_err(Failure::at(&self.folder))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let paths: io::Result<Vec<PathBuf>> = paths.collect();
        paths.map_err(Failure::at(&self.folder))
    }

    fn make(
        &self,
        archive: &Archive,
        place: &Path,
        tree: &Path,
        entry: &TreePath,
    ) -> Result<(), Problem> {
        // It is promised first: several may be unpacked at once.
        let mut promised = self.room.promise(Need {
            bytes: archive.total(),
            files: archive.nodes() as u64,
        })?;
        // Nobody else gets there before it is whole.
        let made = DirBuilder::new().mode(0o700).create(place);
        made.map_err(Failure::at(place))?;
        archive.unpack_with(place, &mut |bytes| promised.spend(place, bytes))?;
        promised.spend_all(place);
        runs(place, entry)?;
        // First what is in it, then its name, then the folder that has the name. All files are written back at once, which takes
        // as long as one of them does.
        let opened = File::open(place).map_err(Failure::at(place))?;
        rustix::fs::syncfs(&opened).map_err(Failure::at(place))?;
        fs::rename(place, tree).map_err(Failure::at(tree))?;
        self.room.moved(place, tree);
        let opened = File::open(&self.folder).map_err(Failure::at(&self.folder))?;
        Ok(opened.sync_all().map_err(Failure::at(&self.folder))?)
    }

    /// Removes the trees of archives that nothing names any more. Whoever is about to name one keeps this from being called.
    pub(crate) fn collect(&self, used: &HashSet<String>) -> Result<(), Failure> {
        self.remove_where(|name| !used.contains(name) && !name.starts_with(UNFINISHED))
    }

    fn remove_where(&self, is_to_go: impl Fn(&str) -> bool) -> Result<(), Failure> {
        for tree in self.trees()? {
            let name = tree.file_name().and_then(|name| name.to_str());
            if name.is_some_and(&is_to_go) {
                self.remove(&tree)?;
            }
        }
        Ok(())
    }

    fn remove(&self, tree: &Path) -> Result<(), Failure> {
        // To be moved elsewhere it has to be open to whoever moves it, unless that is root.
        let opened = fs::set_permissions(tree, fs::Permissions::from_mode(0o700));
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(Failure::at(tree))?,
        }
        self.trash.take(tree)?;
        self.room.forget(tree);
        Ok(())
    }
}

impl Program {
    /// The executables that are to run beside a function's process, by their names.
    ///
    /// # Errors
    ///
    /// Where they cannot be listed, or are too many.
    pub(crate) fn extensions(&self) -> io::Result<Vec<PathBuf>> {
        let Some(folder) = self.tree.as_ref().map(|tree| tree.join(EXTENSIONS)) else {
            return Ok(Vec::new());
        };
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if is_executable(&path) {
                found.push(path);
            }
        }
        found.sort_unstable();
        match found.len() > MOST_EXTENSIONS {
            true => Err(io::Error::other(format!(
                "it has more than {MOST_EXTENSIONS} extensions"
            ))),
            false => Ok(found),
        }
    }
}

/// What is in a tree, which the daemon has made and nobody changes.
fn needed(folder: &Path) -> Result<Need, Failure> {
    let mut need = Need::default();
    let at = || Failure::at(folder);
    for entry in fs::read_dir(folder).map_err(at())? {
        let entry = entry.map_err(at())?;
        let metadata = entry.metadata().map_err(at())?;
        need.files += 1;
        if metadata.is_dir() {
            let within = needed(&entry.path())?;
            need.bytes += within.bytes;
            need.files += within.files;
        } else if metadata.is_file() {
            need.bytes += metadata.len();
        }
    }
    Ok(need)
}

/// The entry of an archive; `None` where the artifact is none.
fn named(entry: &str) -> Result<Option<TreePath>, Problem> {
    match entry {
        "" => Ok(None),
        entry => match TreePath::parse(entry.as_bytes()) {
            Ok(Some(path)) => Ok(Some(path)),
            Ok(None) => Err(Problem::Refused(format!("{entry:?} names nothing"))),
            Err(why) => Err(Problem::Refused(why)),
        },
    }
}

/// Whether an entry of a tree that is there can be run. It may be a link.
fn runs(tree: &Path, entry: &TreePath) -> Result<(), Problem> {
    match is_executable(&tree.join(entry.as_str())) {
        true => Ok(()),
        false => Err(Problem::Refused(format!(
            "there is no {entry} in it that can be run"
        ))),
    }
}

/// Whether it is not a tree yet.
fn is_unfinished(place: &Path) -> bool {
    let name = place.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(UNFINISHED))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}
