//! What apps have left on the disk, on its way to be removed.
//!
//! An app may have nested folders deeper than any path is long, and as many as it likes. So nothing here goes down into
//! them: what is within a folder is moved up beside it, until nothing is left.

use super::Failure;
use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that nobody else gets into.
#[derive(Debug, Clone)]
pub(crate) struct Trash(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// So that no two things have one name.
    count: AtomicU64,
}

impl Trash {
    /// That of a daemon, in which an earlier one may have left something.
    pub(crate) fn open(folder: &Path) -> Result<Trash, Failure> {
        let folder = folder.join("trash");
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&folder);
        made.map_err(Failure::at(&folder))?;
        let mode = Permissions::from_mode(0o700);
        fs::set_permissions(&folder, mode).map_err(Failure::at(&folder))?;
        let trash = Trash(Arc::new(Inner {
            folder,
            count: AtomicU64::new(0),
        }));
        trash.clone().empty_soon();
        Ok(trash)
    }

    /// Takes something away from where it is, if it is there. It is removed soon.
    pub(crate) fn take(&self, path: &Path) -> Result<(), Failure> {
        match fs::rename(path, self.place()) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::at(path)(error)),
            Ok(()) => {
                self.clone().empty_soon();
                Ok(())
            }
        }
    }

    fn place(&self) -> PathBuf {
        loop {
            let number = self.0.count.fetch_add(1, Ordering::Relaxed);
            let place = self.0.folder.join(number.to_string());
            if fs::symlink_metadata(&place).is_err() {
                return place;
            }
        }
    }

    fn empty_soon(self) {
        tokio::task::spawn_blocking(move || {
            if let Err(failure) = self.empty() {
                tracing::warn!(%failure, "something stays in the trash until the daemon starts again");
            }
        });
    }

    fn empty(&self) -> Result<(), Failure> {
        loop {
            let mut is_empty = true;
            let folder = &self.0.folder;
            for entry in fs::read_dir(folder).map_err(Failure::at(folder))? {
                is_empty = false;
                self.remove(&entry.map_err(Failure::at(folder))?.path())?;
            }
            if is_empty {
                return Ok(());
            }
        }
    }

    /// Removes a file; of a folder, what is in it comes up here first.
    fn remove(&self, path: &Path) -> Result<(), Failure> {
        // Somebody else who empties it may have been first.
        let gone = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(Failure::at(path)(error)),
        };
        match fs::symlink_metadata(path) {
            Err(error) => return gone(error),
            Ok(metadata) if !metadata.is_dir() => return fs::remove_file(path).or_else(gone),
            Ok(_) => {}
        }
        // Its owner may have closed it to himself.
        fs::set_permissions(path, Permissions::from_mode(0o700)).or_else(gone)?;
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return gone(error),
        };
        for entry in entries {
            let entry = entry.map_err(Failure::at(path))?;
            let inner = entry.path();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let done = if is_folder {
                // To be moved a folder has to be open to whoever moves it, unless that is root.
                let _ = fs::set_permissions(&inner, Permissions::from_mode(0o700));
                fs::rename(&inner, self.place())
            } else {
                fs::remove_file(&inner)
            };
            done.or_else(gone)?;
        }
        fs::remove_dir(path).or_else(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[tokio::test]
    async fn whatever_is_in_it_goes_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let outside = root.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "stays").unwrap();
        let app = root.path().join("app");
        fs::create_dir(&app).unwrap();
        symlink(&outside, app.join("link")).unwrap();
        fs::write(app.join("file"), "").unwrap();
        // Deeper than a path is long.
        let mut deep = rustix::fs::open(
            &app,
            rustix::fs::OFlags::DIRECTORY,
            rustix::fs::Mode::empty(),
        )
        .unwrap();
        for _ in 0..5_000 {
            rustix::fs::mkdirat(&deep, "d", rustix::fs::Mode::RWXU).unwrap();
            let flags = rustix::fs::OFlags::DIRECTORY;
            deep = rustix::fs::openat(&deep, "d", flags, rustix::fs::Mode::empty()).unwrap();
        }
        let closed = app.join("closed");
        fs::create_dir(&closed).unwrap();
        fs::write(closed.join("file"), "").unwrap();
        fs::set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
        let trash = Trash::open(root.path()).unwrap();
        trash.take(&app).unwrap();
        trash.take(&root.path().join("nothing")).unwrap();
        trash.empty().unwrap();
        assert!(!app.exists());
        assert_eq!(fs::read_dir(root.path().join("trash")).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "stays");
    }
}
