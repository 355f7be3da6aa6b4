//! Artifacts: files named by what is in them, which never change.

use super::Store;
use super::room::{Need, Room};
use super::trees::{Program, Trees};
use super::turns::{Turn, Turns};
use crate::daemon::trash::Trash;
use crate::daemon::{Failure, Retention};
use crate::error::UpError;
use crate::hash::{self, Hash};
use crate::messages::iris::up::v1::Artifact;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;
use tokio::fs::{self, File, OpenOptions};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// The artifacts in a folder: whole ones in `artifacts`, parts of others in `uploads`, and what archives among them have in
/// them in `trees`.
#[derive(Debug)]
pub(crate) struct Artifacts {
    whole: PathBuf,
    parts: PathBuf,
    trees: Trees,
    room: Room,
    retention: Retention,
    /// The most bytes of one.
    largest: u64,
    /// One upload of an artifact at a time.
    turns: Turns,
    /// And one unpacking.
    unpacking: Turns,
    /// Held by pushes that are about to name an artifact, and by whoever collects those that nothing names.
    leases: Arc<RwLock<()>>,
}

/// For as long as this exists no artifact is collected.
pub(crate) type Lease = OwnedRwLockReadGuard<()>;

/// An artifact on its way.
pub(crate) struct Upload {
    largest: u64,
    room: Room,
    part: PathBuf,
    whole: PathBuf,
    hash: Hash,
    digest: Sha256,
    received: u64,
    file: Arc<std::fs::File>,
    /// What works on the file has it, too: an upload that is given up may still be writing.
    turn: Arc<Turn>,
}

impl Artifacts {
    /// None has more than `largest` bytes, and all of them have no more than `most`.
    pub(crate) async fn open(
        folder: &Path,
        trash: Trash,
        retention: Retention,
        largest: u64,
        most: Option<u64>,
    ) -> Result<Artifacts, Failure> {
        let root = folder.to_owned();
        let room = super::blocking(move || Room::of(&root, most)).await?;
        let artifacts = Artifacts {
            whole: folder.join("artifacts"),
            parts: folder.join("uploads"),
            trees: Trees::open(folder, trash, room.clone())?,
            room,
            retention,
            largest,
            turns: Turns::default(),
            unpacking: Turns::default(),
            leases: Arc::default(),
        };
        for folder in [&artifacts.whole, &artifacts.parts] {
            fs::create_dir_all(folder)
                .await
                .map_err(Failure::at(folder))?;
        }
        artifacts.collect_parts().await?;
        let (room, whole, parts) = (
            artifacts.room.clone(),
            artifacts.whole.clone(),
            artifacts.parts.clone(),
        );
        super::blocking(move || {
            measure(&whole, &room)?;
            measure(&parts, &room)
        })
        .await?;
        Ok(artifacts)
    }

    /// Where an artifact is, if all of it is here.
    fn path(&self, hash: &Hash) -> PathBuf {
        self.whole.join(hash.as_str())
    }

    /// What is run of a version: an artifact, or that entry of the archive which it is.
    ///
    /// # Errors
    ///
    /// Where the entry is none.
    pub(crate) fn program(&self, hash: &Hash, entry: &str) -> Result<Program, UpError> {
        Ok(self.trees.program(self.path(hash), hash, entry)?)
    }

    /// Sees to it that what is run of a version is there, and can be run. Whoever has a lease keeps it there.
    ///
    /// # Errors
    ///
    /// Where the artifact is no archive that can be taken, or has no such entry.
    pub(crate) async fn unpack(&self, hash: &Hash, entry: &str) -> Result<(), UpError> {
        if entry.is_empty() {
            return Ok(());
        }
        let turn = self.unpacking.take(hash).await;
        let (trees, artifact) = (self.trees.clone(), self.path(hash));
        let (hash, entry) = (hash.clone(), entry.to_owned());
        let unpacked = super::blocking(move || Ok(trees.unpack(&turn, &artifact, &hash, &entry)));
        Ok(unpacked.await??)
    }

    fn part(&self, hash: &Hash) -> PathBuf {
        self.parts.join(hash.as_str())
    }

    /// Waits until none is being collected.
    pub(crate) async fn lease(&self) -> Lease {
        self.leases.clone().read_owned().await
    }

    /// Removes what nothing names any more; nothing where somebody is about to name something, whose change does it then.
    pub(crate) async fn collect(&self, store: &Store) -> Result<(), Failure> {
        let Ok(_alone) = self.leases.try_write() else {
            return Ok(());
        };
        let used = store.artifacts().await?;
        let (whole, trees, room) = (self.whole.clone(), self.trees.clone(), self.room.clone());
        let unused = self.retention.unused;
        super::blocking(move || {
            trees.collect(&used)?;
            remove_old(&whole, &room, unused, |name| used.contains(name))
        })
        .await?;
        self.collect_parts().await
    }

    /// Removes the beginnings of uploads that nobody goes on with.
    async fn collect_parts(&self) -> Result<(), Failure> {
        let (parts, turns, room) = (self.parts.clone(), self.turns.clone(), self.room.clone());
        let unused = self.retention.unused;
        let under_way = move |name: &str| Hash::parse(name).is_ok_and(|hash| turns.is_taken(&hash));
        super::blocking(move || remove_old(&parts, &room, unused, under_way)).await
    }

    /// How much of one is here. Whoever asks is about to use it, which keeps it from being collected.
    pub(crate) async fn find(&self, hash: &Hash) -> Result<Artifact, Failure> {
        let path = self.path(hash);
        let whole = length(&path).await?;
        if whole.is_some() {
            touch(path).await?;
        }
        let received = match whole {
            Some(length) => Some(length),
            None => length(&self.part(hash)).await?,
        };
        Ok(Artifact {
            sha256: hash.to_string(),
            received: received.unwrap_or_default(),
            complete: whole.is_some(),
        })
    }

    /// Goes on with an upload behind `offset` bytes, which have to be here.
    /// `None` where all of it came meanwhile.
    pub(crate) async fn upload(&self, hash: &Hash, offset: u64) -> Result<Option<Upload>, UpError> {
        self.collect_parts().await?;
        let trees = self.trees.clone();
        super::blocking(move || {
            trees.measure();
            Ok(())
        })
        .await?;
        let turn = self.turns.take(hash).await;
        if length(&self.path(hash)).await?.is_some() {
            return Ok(None);
        }
        let part = self.part(hash);
        let here = length(&part).await?;
        if offset > here.unwrap_or_default() {
            return Err(UpError::WrongOffset(here.unwrap_or_default()));
        }
        let room = self.room.clone();
        let promised =
            super::blocking(move || Ok(here.is_none().then(|| room.promise(need_of(0)))));
        // Until it counts as what is there.
        let promised = promised.await?.transpose()?;
        let failed = |error| Failure::at(&part)(error);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(&part).await.map_err(failed)?;
        // What is behind it is written anew.
        file.set_len(offset).await.map_err(failed)?;
        self.room.set(&part, self.room.taken(need_of(offset)));
        drop(promised);
        let digest = hash::digest(&mut file).await.map_err(failed)?;
        Ok(Some(Upload {
            largest: self.largest,
            room: self.room.clone(),
            part,
            whole: self.path(hash),
            hash: hash.clone(),
            digest,
            received: offset,
            file: Arc::new(file.into_std().await),
            turn: Arc::new(turn),
        }))
    }
}

impl Upload {
    /// Takes what comes next.
    ///
    /// # Errors
    ///
    /// Where that is too much, for an artifact or for the disk. What came before is removed then: it would be in the way.
    pub(crate) async fn append(&mut self, data: Bytes) -> Result<(), UpError> {
        let more = data.len() as u64;
        if self.received.saturating_add(more) > self.largest {
            self.remove().await?;
            return Err(UpError::ArtifactTooLarge(self.largest));
        }
        let (part, room, written) = (self.part.clone(), self.room.clone(), data.clone());
        let appended = self.on_disk(move |mut file| {
            let promised = room.promise(Need {
                bytes: more,
                files: 0,
            });
            let promised = match promised {
                Ok(promised) => promised,
                Err(short) => return Ok(Err(short)),
            };
            let done = file.write_all(&written);
            promised.spend_all(&part);
            done.map(Ok)
        });
        if let Err(short) = appended.await? {
            self.remove().await?;
            return Err(short.into());
        }
        self.digest.update(&data);
        self.received += more;
        Ok(())
    }

    /// Does something with the file, to its end, whoever waits for that.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&std::fs::File) -> io::Result<T> + Send + 'static,
    ) -> Result<T, UpError> {
        let (file, turn) = (self.file.clone(), self.turn.clone());
        let part = self.part.clone();
        let done = super::blocking(move || {
            let done = work(&file).map_err(Failure::at(&part));
            drop((file, turn));
            done
        });
        Ok(done.await?)
    }

    /// What came is of no use.
    async fn remove(&self) -> Result<(), UpError> {
        let (part, room) = (self.part.clone(), self.room.clone());
        let removed = self.on_disk(move |_| {
            std::fs::remove_file(&part)?;
            room.forget(&part);
            Ok(())
        });
        removed.await
    }

    /// Makes an artifact of it, where it is what was announced.
    pub(crate) async fn finish(self) -> Result<Artifact, UpError> {
        let found = Hash::of(self.digest.clone());
        if found != self.hash {
            self.remove().await?;
            return Err(UpError::WrongHash(found.to_string()));
        }
        // First what is in it, then its name, then the folder that has the name: so it is there whole or not at all.
        self.on_disk(|file| {
            file.set_permissions(Permissions::from_mode(0o755))?;
            file.sync_all()
        })
        .await?;
        // A file that is open for writing cannot be run.
        drop(self.file);
        let (part, whole, room) = (self.part, self.whole.clone(), self.room);
        let turn = self.turn;
        // Whoever waits for it: nobody else has the part before that is done.
        let named = super::blocking(move || {
            std::fs::rename(&part, &whole).map_err(Failure::at(&part))?;
            room.moved(&part, &whole);
            drop(turn);
            Ok(())
        });
        named.await?;
        if let Some(folder) = self.whole.parent() {
            let opened = File::open(folder).await.map_err(Failure::at(folder))?;
            opened.sync_all().await.map_err(Failure::at(folder))?;
        }
        Ok(Artifact {
            sha256: self.hash.to_string(),
            received: self.received,
            complete: true,
        })
    }
}

/// Removes the files that have not been used for a while, unless they are to stay.
fn remove_old(
    folder: &Path,
    room: &Room,
    unused: Duration,
    stays: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(Failure::at(folder))? {
        let entry = entry.map_err(Failure::at(folder))?;
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|modified| modified.elapsed().ok());
        let name = entry.file_name();
        if age.is_some_and(|age| age > unused) && !name.to_str().is_some_and(&stays) {
            let path = entry.path();
            match std::fs::remove_file(&path) {
                // Two look at once.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(Failure::at(&path))?,
            }
            room.forget(&path);
        }
    }
    Ok(())
}

/// Looks how much there is in files that an earlier daemon has left.
fn measure(folder: &Path, room: &Room) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(Failure::at(folder))? {
        let entry = entry.map_err(Failure::at(folder))?;
        let metadata = entry.metadata().map_err(Failure::at(folder))?;
        room.set(&entry.path(), room.taken(need_of(metadata.len())));
    }
    Ok(())
}

/// What a file needs that has so many bytes.
fn need_of(bytes: u64) -> Need {
    Need { bytes, files: 1 }
}

/// The length of a file; `None` where there is none.
async fn length(path: &Path) -> Result<Option<u64>, Failure> {
    match fs::metadata(path).await {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::at(path)(error)),
    }
}

/// It was used now.
async fn touch(path: PathBuf) -> Result<(), Failure> {
    super::blocking(move || {
        let file = std::fs::File::open(&path).map_err(Failure::at(&path))?;
        let touched = file.set_modified(SystemTime::now());
        touched.map_err(Failure::at(&path))
    })
    .await
}
