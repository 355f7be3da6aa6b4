//! Folders in which something may change, as the kernel tells it (inotify(7)).
//!
//! A file that is written and is what it was before has not changed: so that what a build makes among its sources, and makes
//! anew each time, starts no other build.

use super::sources::Sources;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// What counts as one change has no pauses that are longer. Editors and version control write many files at once.
const PAUSE: Duration = Duration::from_millis(100);

/// Room for what the kernel tells at once, in bytes, and how many such pieces wait. What is more the kernel keeps, up to a
/// bound of its own.
const BUFFER: usize = 16 * 1024;
const WAITING: usize = 64;

/// Folders that are looked at.
pub(super) struct Watch {
    inotify: Arc<OwnedFd>,
    /// What is read of it by a thread of its own, since nothing else may wait for it without `unsafe`.
    told: mpsc::Receiver<io::Result<Vec<Event>>>,
    /// By their numbers.
    folders: HashMap<i32, Folder>,
    /// What is made, and never looked at.
    made: BTreeSet<PathBuf>,
    /// What files had in them when they were last written.
    known: HashMap<PathBuf, Option<Vec<u8>>>,
    /// Something has changed, and nobody was told.
    has_changed: bool,
}

#[derive(Debug, Clone)]
struct Folder {
    path: PathBuf,
    /// With those in it.
    is_deep: bool,
}

/// What the kernel tells.
struct Event {
    folder: i32,
    kind: ReadFlags,
    name: Vec<u8>,
}

impl Watch {
    pub(super) fn new() -> io::Result<Watch> {
        let inotify = Arc::new(inotify::init(CreateFlags::CLOEXEC)?);
        let (tell, told) = mpsc::channel(WAITING);
        let read = inotify.clone();
        thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || listen(&read, &tell))?;
        Ok(Watch {
            inotify,
            told,
            folders: HashMap::new(),
            made: BTreeSet::new(),
            known: HashMap::new(),
            has_changed: false,
        })
    }

    /// Looks at these from now on, too.
    pub(super) fn look_at(&mut self, sources: &Sources) -> io::Result<()> {
        self.made.extend(sources.made.iter().cloned());
        for folder in &sources.deep {
            self.add(folder, true)?;
        }
        for folder in &sources.flat {
            self.add(folder, false)?;
        }
        Ok(())
    }

    /// The same of what was found out by building it.
    pub(super) fn look_beside(&mut self, folders: &BTreeSet<PathBuf>) -> io::Result<()> {
        for folder in folders {
            self.add(folder, false)?;
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path, is_deep: bool) -> io::Result<()> {
        if self.is_made(folder) {
            return Ok(());
        }
        let mut left = vec![folder.to_owned()];
        while let Some(path) = left.pop() {
            let changes = WatchFlags::CLOSE_WRITE
                | WatchFlags::CREATE
                | WatchFlags::DELETE
                | WatchFlags::MOVE
                | WatchFlags::ONLYDIR;
            let number = match inotify::add_watch(&*self.inotify, &path, changes) {
                Ok(number) => number,
                // It has gone meanwhile, or is not to be read by this user.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::ACCESS) => continue,
                Err(error) => {
                    let path = path.display();
                    return Err(io::Error::other(format!(
                        "{path} cannot be watched: {error}"
                    )));
                }
            };
            let folder = self.folders.entry(number).or_insert_with(|| Folder {
                path: path.clone(),
                is_deep,
            });
            // One that was moved has the number that it had.
            folder.path.clone_from(&path);
            folder.is_deep |= is_deep;
            if is_deep {
                let inside = fs::read_dir(&path).into_iter().flatten().flatten();
                let folders =
                    inside.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
                let folders = folders.map(|entry| entry.path());
                left.extend(folders.filter(|path| !self.is_left_out(path)));
            }
        }
        Ok(())
    }

    fn is_made(&self, path: &Path) -> bool {
        self.made.iter().any(|made| path.starts_with(made))
    }

    /// What is made, hidden, or an editor's.
    fn is_left_out(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().as_bytes();
        name.starts_with(b".")
            || name.ends_with(b"~")
            || name.ends_with(b".swp")
            || self.is_made(path)
    }

    /// Waits until something has changed, and then until nothing does for a moment. Given up, it has lost nothing.
    pub(super) async fn changed(&mut self) -> io::Result<()> {
        while !self.has_changed {
            self.hear().await?;
        }
        while let Ok(heard) = timeout(PAUSE, self.hear()).await {
            heard?;
        }
        self.has_changed = false;
        Ok(())
    }

    /// Takes what the kernel has to tell, once there is something.
    async fn hear(&mut self) -> io::Result<()> {
        let told = self.told.recv().await;
        let events = told.unwrap_or_else(|| Err(io::Error::other("nobody watches any more")))?;
        for event in events {
            self.take(&event)?;
        }
        Ok(())
    }

    fn take(&mut self, event: &Event) -> io::Result<()> {
        if event.kind.contains(ReadFlags::QUEUE_OVERFLOW) {
            // Nobody knows what: folders may have come.
            let deep = self.folders.values().filter(|folder| folder.is_deep);
            let deep: Vec<PathBuf> = deep.map(|folder| folder.path.clone()).collect();
            for folder in deep {
                self.add(&folder, true)?;
            }
            self.has_changed = true;
            return Ok(());
        }
        if event.kind.contains(ReadFlags::IGNORED) {
            self.folders.remove(&event.folder);
            return Ok(());
        }
        let Some(Folder { path, is_deep }) = self.folders.get(&event.folder).cloned() else {
            return Ok(());
        };
        let path = path.join(OsStr::from_bytes(&event.name));
        if self.is_left_out(&path) {
            return Ok(());
        }
        let has_come = event
            .kind
            .intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
        if event.kind.contains(ReadFlags::ISDIR) {
            if has_come && is_deep {
                self.add(&path, true)?;
            }
            // What was in it before anybody looked may be what was waited for.
            self.has_changed |= is_deep;
            return Ok(());
        }
        // What is no file may never be read to its end.
        let is_file = fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
        let content = is_file.then(|| fs::read(&path).ok()).flatten();
        let now = content.map(|content| Sha256::digest(content).to_vec());
        let is_other = self.known.get(&path) != Some(&now);
        self.known.insert(path, now);
        self.has_changed |= is_other;
        Ok(())
    }
}

impl Drop for Watch {
    /// The thread hears that something is watched no longer, and that nobody wants to know.
    fn drop(&mut self) {
        self.told.close();
        if let Some(number) = self.folders.keys().next() {
            let _ = inotify::remove_watch(&*self.inotify, *number);
        }
    }
}

/// Hands on what the kernel tells, for as long as somebody wants to know.
fn listen(inotify: &OwnedFd, tell: &mpsc::Sender<io::Result<Vec<Event>>>) {
    let mut buffer = Vec::with_capacity(BUFFER);
    let mut reader = Reader::new(inotify, buffer.spare_capacity_mut());
    loop {
        let told = next(&mut reader);
        let is_over = told.is_err();
        if tell.blocking_send(told).is_err() || is_over {
            return;
        }
    }
}

/// What comes next, and what came together with it.
fn next(reader: &mut Reader<'_, &OwnedFd>) -> io::Result<Vec<Event>> {
    let mut events = Vec::new();
    loop {
        match reader.next() {
            Ok(event) => events.push(Event {
                folder: event.wd(),
                kind: event.events(),
                name: event
                    .file_name()
                    .map(|name| name.to_bytes().to_vec())
                    .unwrap_or_default(),
            }),
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        if reader.is_buffer_empty() {
            return Ok(events);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Far more than it takes.
    const PATIENCE: Duration = Duration::from_secs(20);

    async fn has_changed(watch: &mut Watch) -> bool {
        timeout(PATIENCE, watch.changed()).await.is_ok()
    }

    /// What the kernel tells has been told by then: it is told at once, and before whatever comes later.
    async fn has_not_changed(watch: &mut Watch, folder: &Path) -> bool {
        let before = watch.has_changed;
        while let Ok(heard) = timeout(PAUSE, watch.hear()).await {
            heard.unwrap();
        }
        let changed = std::mem::replace(&mut watch.has_changed, before);
        // It hears at all.
        fs::write(
            folder.join("probe"),
            PAUSE.as_millis().to_string() + &watch.known.len().to_string(),
        )
        .unwrap();
        watch.known.remove(&folder.join("probe"));
        !changed && has_changed(watch).await
    }

    #[tokio::test]
    async fn whatever_changes_is_noticed_and_what_does_not_is_not() {
        let root = tempfile::tempdir().unwrap();
        let place = |name: &str| root.path().join(name);
        for folder in [
            "package/src",
            "package/target/debug",
            "package/.git",
            "beside",
        ] {
            fs::create_dir_all(place(folder)).unwrap();
        }
        fs::write(place("package/src/main.rs"), "1").unwrap();
        let mut watch = Watch::new().unwrap();
        let sources = Sources {
            deep: [place("package")].into(),
            flat: [place("beside")].into(),
            made: [place("package/target")].into(),
        };
        watch.look_at(&sources).unwrap();
        watch.look_at(&sources).unwrap();

        fs::write(place("package/src/main.rs"), "2").unwrap();
        assert!(has_changed(&mut watch).await);
        // As most editors write: another file, in the place of the one before.
        fs::write(place("package/src/.main.rs.new"), "3").unwrap();
        fs::rename(
            place("package/src/.main.rs.new"),
            place("package/src/main.rs"),
        )
        .unwrap();
        assert!(has_changed(&mut watch).await);
        fs::create_dir_all(place("package/src/a/b")).unwrap();
        fs::write(place("package/src/a/b/mod.rs"), "1").unwrap();
        assert!(has_changed(&mut watch).await);
        fs::write(place("package/src/a/b/mod.rs"), "2").unwrap();
        assert!(has_changed(&mut watch).await);
        fs::write(place("beside/page.html"), "1").unwrap();
        assert!(has_changed(&mut watch).await);
        fs::remove_file(place("beside/page.html")).unwrap();
        assert!(has_changed(&mut watch).await);

        let beside = place("beside");
        for (file, content) in [
            ("package/src/main.rs", "3"),
            ("package/target/debug/app", "1"),
            ("package/.git/index", "1"),
            ("package/src/main.rs~", "1"),
            ("package/src/.main.rs.swp", "1"),
        ] {
            fs::write(place(file), content).unwrap();
            assert!(has_not_changed(&mut watch, &beside).await, "{file}");
        }
    }
}
