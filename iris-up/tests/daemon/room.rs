//! Room on the disk, of which artifacts and what archives have in them leave some to others.

use crate::archives::{EXECUTABLE, push_by_hand, zip};
use crate::artifacts::{find, hash, upload};
use crate::support::{Daemon, PATIENCE};
use futures_util::future::join_all;
use iris_up_client::ErrorCode;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;
use tempfile::TempDir;

const MIB: u64 = 1024 * 1024;

/// How much is left to others.
const RESERVE: u64 = 64 * MIB;

/// A daemon with these keeps as much as the disk has.
const ALL: [&str; 2] = ["--max-store", "1000GiB"];

/// A file system of its own, which is taken away with this.
struct Disk(TempDir);

impl Disk {
    /// One of so many bytes, in memory.
    fn of(bytes: u64) -> Disk {
        Disk::with(&format!("size={bytes}"))
    }

    fn with(options: &str) -> Disk {
        let folder = tempfile::tempdir().unwrap();
        let options = std::ffi::CString::new(options).unwrap();
        let flags = MountFlags::empty();
        mount("none", folder.path(), "tmpfs", flags, options.as_c_str()).unwrap();
        Disk(folder)
    }

    /// One that has no more than so many files.
    fn of_files(files: u64) -> Disk {
        Disk::with(&format!("size=1g,nr_inodes={files}"))
    }

    /// A daemon that keeps everything there.
    async fn daemon(&self, settings: &[&str]) -> Daemon {
        let data = tempfile::tempdir_in(self.0.path()).unwrap();
        Daemon::start_in(data, settings).await
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = unmount(self.0.path(), UnmountFlags::DETACH);
    }
}

fn free(folder: &Path) -> u64 {
    let disk = rustix::fs::statvfs(folder).unwrap();
    disk.f_bavail * disk.f_frsize
}

#[tokio::test]
async fn uploads_leave_room_on_the_disk() {
    let disk = Disk::of(100 * MIB);
    let daemon = disk.daemon(&ALL).await;
    let piece = vec![7; MIB as usize];
    let bytes = piece.repeat(60);
    let sha256 = hash(&bytes);
    let pieces = vec![&piece[..]; 60];
    let refused = upload(&daemon, &sha256, 0, &pieces).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NoRoom, "{refused}");
    let told = "left on the daemon's disk, which is too few";
    assert!(refused.internal_message.contains(told), "{refused}");
    assert_eq!(find(&daemon, &sha256).await, (0, false));
    let small = upload(&daemon, &hash(b"small"), 0, &[b"small"]).await;
    assert!(small.unwrap().complete);
}

/// How much is free of a disk at the least, while this is looked at.
struct Watched {
    ends: Arc<AtomicBool>,
    least: thread::JoinHandle<u64>,
}

impl Watched {
    fn begin(folder: PathBuf) -> Watched {
        let ends = Arc::new(AtomicBool::new(false));
        let told = ends.clone();
        let least = thread::spawn(move || {
            let mut least = free(&folder);
            while !told.load(Ordering::Relaxed) {
                least = least.min(free(&folder));
                thread::yield_now();
            }
            least
        });
        Watched { ends, least }
    }

    fn least(self) -> u64 {
        self.ends.store(true, Ordering::Relaxed);
        self.least.join().unwrap()
    }
}

/// Each alone has room, and all of them have not.
#[tokio::test]
async fn archives_that_are_unpacked_at_once_leave_room_together() {
    let disk = Disk::of(260 * MIB);
    let daemon = disk.daemon(&ALL).await;
    let zeros = vec![0; 40 * MIB as usize];
    let archives: Vec<Vec<u8>> = (0..6)
        .map(|number| {
            // It ends at once, so that nothing comes of it but a tree.
            let program = format!("#!/bin/sh\n# {number}\n");
            zip(&[
                ("bootstrap", Some(EXECUTABLE), program.as_bytes()),
                ("zeros", None, &zeros),
            ])
        })
        .collect();
    let watched = Watched::begin(disk.0.path().to_owned());
    let pushes = archives.iter().enumerate().map(|(number, archive)| {
        let daemon = &daemon;
        async move { push_by_hand(daemon, &format!("app-{number}"), archive, "bootstrap").await }
    });
    let outcomes = join_all(pushes).await;
    let least = watched.least();
    // Others have written meanwhile, and little: the registry, logs, the archives themselves.
    assert!(least > RESERVE - 8 * MIB, "{least} bytes were left");
    let mut unpacked = 0;
    for outcome in outcomes {
        match outcome {
            None => unpacked += 1,
            Some((code, told)) => assert_eq!(code, ErrorCode::NoRoom, "{told}"),
        }
    }
    assert!(unpacked > 0);
    // What nothing came of is gone soon, and there is room again.
    let begun = Instant::now();
    while let Some((code, told)) = push_by_hand(&daemon, "app", &archives[0], "bootstrap").await {
        assert_eq!(code, ErrorCode::NoRoom, "{told}");
        assert!(begun.elapsed() < PATIENCE, "{told}");
    }
}

/// However few bytes they have.
#[tokio::test]
async fn uploads_leave_files_on_the_disk() {
    let disk = Disk::of_files(1_200);
    let daemon = disk.daemon(&ALL).await;
    for number in 0..1_200 {
        let small = format!("{number}").into_bytes();
        let Err(refused) = upload(&daemon, &hash(&small), 0, &[&small]).await else {
            continue;
        };
        assert_eq!(refused.code, ErrorCode::NoRoom, "{refused}");
        let told = "files left on the daemon's disk, which is too few";
        assert!(refused.internal_message.contains(told), "{refused}");
        assert!(number > 0);
        return;
    }
    panic!("nothing is left for others");
}

#[tokio::test]
async fn half_of_the_disk_is_kept_unless_it_is_told_otherwise() {
    let disk = Disk::of(160 * MIB);
    let mut daemon = disk.daemon(&[]).await;
    let piece = vec![7; MIB as usize];
    let bytes = piece.repeat(81);
    let pieces: Vec<&[u8]> = bytes.chunks(MIB as usize).collect();
    let refused = upload(&daemon, &hash(&bytes), 0, &pieces).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, ErrorCode::StoreFull, "{refused}");
    let told = format!("more than {} bytes", 80 * MIB);
    assert!(refused.internal_message.contains(&told), "{refused}");
    let most = &bytes[2 * MIB as usize..];
    let whole = upload(&daemon, &hash(most), 0, &pieces[2..]).await;
    assert!(whole.unwrap().complete);
    // Whoever comes next finds that it is full.
    daemon.restart_by(Signal::KILL).await;
    let refused = upload(&daemon, &hash(&piece), 0, &[&piece]).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::StoreFull);
}
