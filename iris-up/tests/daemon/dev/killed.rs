//! `iris-up dev` that was killed, so that it could not clean up after itself.

use super::{Dev, SERVER};
use crate::support::{runs, until, within};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

impl Dev {
    /// The process of the app.
    async fn process(&self) -> i32 {
        let (status, text) = self.get("/changing/").await;
        assert_eq!(status, 200, "{text}");
        text.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

/// The folders of such daemons.
fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.join("temporary").exists())
        .collect()
}

#[tokio::test]
async fn what_one_left_that_was_killed_the_next_takes_away_and_nothing_else() {
    let temporary = tempfile::tempdir().unwrap();
    // Users of apps get to their own folders in there.
    fs::set_permissions(temporary.path(), Permissions::from_mode(0o711)).unwrap();
    let start = async || {
        let dev = Dev::start_in(temporary.path(), &[("src/main.rs", SERVER)], &[]).await;
        dev.prints("version 1 runs", 1).await;
        dev
    };
    let mut killed = start().await;
    let left = killed.process().await;
    let of_another = temporary.path().join("iris-up-dev-notes");
    // As that of a daemon with a folder that somebody keeps, and which does not run.
    fs::create_dir(&of_another).unwrap();
    for file in ["registry.sqlite", "daemon.lock"] {
        fs::write(of_another.join(file), "").unwrap();
    }
    let [folder] = &folders(temporary.path())[..] else {
        panic!("{:?}", folders(temporary.path()));
    };
    let groups = fs::read_to_string(folder.join("groups")).unwrap();
    let id = Pid::from_raw(killed.child.id().unwrap().cast_signed()).unwrap();
    kill_process(id, Signal::KILL).unwrap();
    within("the end of dev", killed.child.wait()).await.unwrap();
    assert!(
        runs(left),
        "it ends by itself, and there is nothing to test"
    );

    let mut next = start().await;
    next.prints("what an earlier one has left", 1).await;
    until("its end", || (!runs(left)).then_some(())).await;
    assert!(!folder.exists());
    for group in groups.lines() {
        assert!(!Path::new(group).exists(), "{group}");
    }
    assert!(of_another.join("registry.sqlite").exists());

    // One that runs is nobody's to take away.
    let own = next.process().await;
    let mut third = start().await;
    assert_eq!(next.process().await, own);
    assert_eq!(folders(temporary.path()).len(), 2);
    assert!(!third.printed().contains("has left"));
    for dev in [&mut next, &mut third] {
        dev.interrupt().await;
    }
    assert_eq!(folders(temporary.path()), [] as [PathBuf; 0]);
}
