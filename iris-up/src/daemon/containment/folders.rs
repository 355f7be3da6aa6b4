//! Who may read what of the daemon's folder: an app its own part of it and what it is made of, and nothing else.

use crate::daemon::Failure;
use crate::name::AppName;
use rustix::fs::{AtFlags, Dir, Gid, Mode, OFlags, Uid, chownat, fchmod, fchown, fstat, openat};
use rustix::path::Arg;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Others may pass, and not look.
const PASSED: u32 = 0o711;
/// Others may not even pass.
const CLOSED: u32 = 0o700;

/// The daemon's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    root: PathBuf,
    /// Whether apps with users of their own get there, or why they do not.
    reached: Result<(), String>,
}

impl Folders {
    /// Makes what is missing, and sets who may do what.
    pub(super) fn prepare(root: &Path, is_shared: bool) -> Result<Folders, Failure> {
        let is_root = rustix::process::geteuid().is_root();
        let passed = match is_root && is_shared {
            true => PASSED,
            false => CLOSED,
        };
        make(root, passed)?;
        let root = fs::canonicalize(root).map_err(Failure::at(root))?;
        for (name, mode) in [
            ("artifacts", passed),
            ("trees", passed),
            ("apps", passed),
            ("tmp", passed),
            ("logs", CLOSED),
            ("uploads", CLOSED),
        ] {
            let folder = root.join(name);
            make(&folder, mode)?;
            let mode = Permissions::from_mode(mode);
            fs::set_permissions(&folder, mode).map_err(Failure::at(&folder))?;
        }
        // By their names: to close a file that SQLite has open would take its locks away. SQLite gives files that it makes
        // beside the first the same mode.
        for name in [
            "registry.sqlite",
            "registry.sqlite-wal",
            "registry.sqlite-shm",
        ] {
            let file = root.join(name);
            match fs::set_permissions(&file, Permissions::from_mode(0o600)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done.map_err(Failure::at(&file))?,
            }
        }
        if passed == PASSED {
            let mode = fs::metadata(&root).map_err(Failure::at(&root))?.mode();
            let mode = Permissions::from_mode(mode & 0o7777 | 0o111);
            fs::set_permissions(&root, mode).map_err(Failure::at(&root))?;
        }
        let reached = match root.ancestors().find(|folder| !lets_pass(folder)) {
            Some(closed) => Err(format!(
                "{} lets no other user pass on the way to the daemon's folder",
                closed.display()
            )),
            None => Ok(()),
        };
        Ok(Folders { root, reached })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn reached(&self) -> Result<(), String> {
        self.reached.clone()
    }

    /// The file that says where the daemon has control groups.
    pub(super) fn groups(&self) -> PathBuf {
        self.root.join("groups")
    }

    /// An app's own folder and its temporary one, which belong to its user. The latter is none within the former: there the
    /// app could put a link in its place, and be given what is behind that.
    pub(super) fn of_app(
        &self,
        name: &AppName,
        user: Option<u32>,
    ) -> Result<(PathBuf, PathBuf), Failure> {
        let both = ["apps", "tmp"].map(|kind| self.root.join(kind).join(name.as_str()));
        for folder in &both {
            make(folder, CLOSED)?;
            hand_over(folder, user).map_err(Failure::at(folder))?;
        }
        let [own, temporary] = both;
        Ok((own, temporary))
    }
}

fn make(folder: &Path, mode: u32) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(mode).create(folder);
    made.map_err(Failure::at(folder))
}

fn lets_pass(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|metadata| metadata.mode() & 0o001 != 0)
}

/// Gives a folder to a user, with all that is in it where it was another's: as that of a daemon that was root without
/// users, or the other way round. No link is followed.
fn hand_over(folder: &Path, user: Option<u32>) -> io::Result<()> {
    let opened = open(rustix::fs::CWD, folder)?;
    let user = user.map_or_else(rustix::process::geteuid, Uid::from_raw);
    fchmod(&opened, Mode::from_raw_mode(CLOSED))?;
    match fstat(&opened)?.st_uid == user.as_raw() {
        true => Ok(()),
        false => give(folder, user),
    }
}

/// No process of the app runs, so that nothing moves meanwhile. Folders nested deeper than a path is long are refused.
fn give(folder: &Path, user: Uid) -> io::Result<()> {
    let group = Gid::from_raw(user.as_raw());
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let opened = open(rustix::fs::CWD, &path)?;
        for entry in Dir::read_from(&opened)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            let inner = path.join(OsStr::from_bytes(name.to_bytes()));
            match fs::symlink_metadata(&inner)?.is_dir() {
                true => left.push(inner),
                false => chownat(
                    &opened,
                    name,
                    Some(user),
                    Some(group),
                    AtFlags::SYMLINK_NOFOLLOW,
                )?,
            }
        }
        fchown(&opened, Some(user), Some(group))?;
    }
    Ok(())
}

fn open(beside: impl AsFd, path: impl Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(beside, path, flags, Mode::empty())?)
}
