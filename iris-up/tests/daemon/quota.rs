//! How much is kept of what is pushed.

use crate::archives::{EXECUTABLE, content, zip_file};
use crate::artifacts::{find, hash, upload};
use crate::support::{Daemon, path, until_seen};
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{AppRequest, UploadPart};
use rustix::process::Signal;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Of the three below two have room.
const MOST: &str = "1MiB";

/// What somebody uploads.
fn made(filled: u8) -> Vec<u8> {
    vec![filled; 500_000]
}

/// As if nobody had asked for it for so long that it may go.
fn age(file: &Path) {
    let file = std::fs::File::options().write(true).open(file).unwrap();
    let then = SystemTime::now() - Duration::from_secs(3700);
    file.set_modified(then).unwrap();
}

#[tokio::test]
async fn no_more_is_uploaded_than_may_be_kept() {
    let mut daemon = Daemon::start_with(&["--max-store", MOST]).await;
    for filled in [1, 2] {
        let bytes = made(filled);
        let uploaded = upload(&daemon, &hash(&bytes), 0, &[&bytes]).await;
        assert!(uploaded.unwrap().complete);
    }
    // A daemon that is started anew knows what there is.
    for _ in 0..2 {
        let third = made(3);
        let refused = upload(&daemon, &hash(&third), 0, &[&third]).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code, ErrorCode::StoreFull, "{refused}");
        for told in ["1048576 bytes", "--max-store", "--keep-versions"] {
            assert!(refused.internal_message.contains(told), "{refused}");
        }
        assert_eq!(find(&daemon, &hash(&third)).await, (0, false));
        // What is there takes nothing more.
        let first = made(1);
        let again = upload(&daemon, &hash(&first), 0, &[&first]).await;
        assert!(again.unwrap().complete);
        daemon.restart_by(Signal::KILL).await;
    }
    let pushed = daemon.run(&["push", &path("resident")]).await;
    assert_eq!(pushed.code, 1);
    assert!(pushed.err.contains("--max-store"), "{}", pushed.err);
    assert_eq!(daemon.runs(["list"]).await, "");
    // What no version is made of goes as soon as its room is needed.
    let artifacts = daemon.folder.path().join("artifacts");
    age(&artifacts.join(hash(&made(1))));
    let third = made(3);
    let uploaded = upload(&daemon, &hash(&third), 0, &[&third]).await;
    assert!(uploaded.unwrap().complete);
    assert_eq!(find(&daemon, &hash(&made(1))).await, (0, false));
}

#[tokio::test]
async fn what_has_come_of_an_upload_counts_and_what_is_thrown_away_does_not() {
    let daemon = Daemon::start_with(&["--max-store", MOST]).await;
    // It is not what was announced.
    let wrong = upload(&daemon, &hash(b"other"), 0, &[&made(1), &made(1)]).await;
    assert_eq!(wrong.unwrap_err().code, ErrorCode::WrongHash);
    // It ends too early.
    let begun = made(2);
    let sha256 = hash(&begun);
    let first = UploadPart {
        sha256: sha256.clone(),
        offset: 0,
        data: Bytes::copy_from_slice(&begun[..400_000]),
    };
    let parts = stream::iter([first]);
    let broken = daemon.remotes().artifacts().upload(parts).await;
    assert_eq!(broken.unwrap_err().code, ErrorCode::WrongHash);
    // Its caller goes away.
    let (more, parts) = tokio::sync::mpsc::channel(1);
    let parts = stream::unfold(parts, async |mut parts| Some((parts.recv().await?, parts)));
    let artifacts = daemon.remotes().artifacts();
    let uploading = tokio::spawn(async move { artifacts.upload(parts).await });
    let part = UploadPart {
        sha256: sha256.clone(),
        offset: 0,
        data: Bytes::copy_from_slice(&begun[..400_000]),
    };
    more.send(part).await.unwrap();
    until_seen("what was sent", async || {
        (find(&daemon, &sha256).await.0 >= 400_000).then_some(())
    })
    .await;
    uploading.abort();
    assert!(uploading.await.unwrap_err().is_cancelled());
    let large = [made(3), made(3)].concat();
    let refused = upload(&daemon, &hash(&large), 0, &[&large]).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::StoreFull);
    // It goes on where it was, and counts once.
    let whole = upload(&daemon, &sha256, 400_000, &[&begun[400_000..]]).await;
    assert!(whole.unwrap().complete);
    let other = made(4);
    let whole = upload(&daemon, &hash(&other), 0, &[&other]).await;
    assert!(whole.unwrap().complete);
}

#[tokio::test]
async fn what_zips_have_in_them_counts_too() {
    let resident = content("resident");
    let zeros = vec![0; 20 << 20];
    let archive = |name: &str| {
        zip_file(
            &format!("{name}.zip"),
            &[
                ("bootstrap", Some(EXECUTABLE), &resident),
                ("zeros", None, &zeros),
                ("name", None, name.as_bytes()),
            ],
        )
    };
    let (archives, files): (Vec<_>, Vec<_>) = ["one", "two"].map(archive).into_iter().unzip();
    let packed: u64 = files
        .iter()
        .map(|file| std::fs::metadata(file).unwrap().len())
        .sum();
    // Both archives have room, and one of the trees.
    let tree = (resident.len() + zeros.len()) as u64;
    let most = (packed + tree * 3 / 2).to_string();
    let mut daemon = Daemon::start_with(&["--max-store", &most]).await;
    daemon.runs(["push", &files[0]]).await;
    // Another app that is made of the same takes nothing.
    daemon.runs(["push", &files[0], "--name", "same"]).await;
    for _ in 0..2 {
        let refused = daemon.run(&["push", &files[1]]).await;
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("StoreFull"), "{}", refused.err);
        assert_eq!(daemon.get("/two").await.0, 404);
        assert_eq!(daemon.get("/one").await.0, 200);
        daemon.restart_by(Signal::TERM).await;
    }
    daemon.runs(["remove", "one"]).await;
    let refused = daemon.run(&["push", &files[1]]).await;
    assert!(refused.err.contains("StoreFull"), "{}", refused.err);
    daemon.runs(["remove", "same"]).await;
    daemon.runs(["push", &files[1]]).await;
    assert_eq!(daemon.get("/two").await.0, 200);
    drop(archives);
}

#[tokio::test]
async fn so_many_versions_are_kept() {
    let daemon = Daemon::start_with(&["--keep-versions", "2"]).await;
    for _ in 0..4 {
        daemon.runs(["push", &path("function"), "-L"]).await;
    }
    let versions = async || {
        let name = "function".to_owned();
        let listed = daemon.remotes().apps().versions(AppRequest { name });
        let listed = listed.await.unwrap().versions.into_iter();
        listed.map(|kept| kept.version).collect::<Vec<_>>()
    };
    assert_eq!(versions().await, [4, 3]);
    // The one that runs stays, however old it is.
    daemon.runs(["rollback", "function"]).await;
    let program = path("function");
    for _ in 0..2 {
        let arguments = ["push", &program, "-L", "--", "ends"];
        assert_eq!(daemon.run(&arguments).await.code, 1);
    }
    assert_eq!(versions().await, [6, 5, 3]);
    for wrong in ["0", "-1", "many"] {
        let number = format!("--keep-versions={wrong}");
        let refused = daemon.run(&["serve", "--managed", &number]).await;
        assert_eq!(refused.code, 2, "{refused:?}");
    }
}

/// However little is in them.
#[tokio::test]
async fn many_small_uploads_are_as_much_as_the_disk_has_for_them() {
    let mut daemon = Daemon::start_with(&["--max-store", MOST]).await;
    // A block is 4 KiB as a rule, and half a KiB at the least.
    let mut refused = None;
    for number in 0..3_000 {
        let small = format!("{number}").into_bytes();
        if let Err(error) = upload(&daemon, &hash(&small), 0, &[&small]).await {
            refused = Some(error);
            break;
        }
    }
    let refused = refused.expect("there is room for any number of them");
    assert_eq!(refused.code, ErrorCode::StoreFull, "{refused}");
    daemon.restart_by(Signal::KILL).await;
    let again = upload(&daemon, &hash(b"again"), 0, &[b"again"]).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::StoreFull);
}

/// An archive that unpacks to 20 MiB, and how many bytes it has itself.
fn large(name: &str) -> (tempfile::TempDir, String, u64) {
    let zeros = vec![0; 20 << 20];
    let files = [
        ("bootstrap", Some(EXECUTABLE), &content("resident")[..]),
        ("zeros", None, &zeros),
        ("name", None, name.as_bytes()),
    ];
    let (folder, file) = zip_file(&format!("{name}.zip"), &files);
    let length = std::fs::metadata(&file).unwrap().len();
    (folder, file, length)
}

#[tokio::test]
async fn the_same_that_is_pushed_several_times_at_once_has_its_room_once() {
    let (folder, file, packed) = large("one");
    let tree = content("resident").len() as u64 + (20 << 20);
    let most = (packed + tree * 3 / 2).to_string();
    let daemon = Daemon::start_with(&["--max-store", &most]).await;
    let names = ["one", "two", "three", "four"];
    let pushed = names.map(|name| daemon.runs(["push", &file, "--name", name]));
    join_all(pushed).await;
    for name in names {
        assert_eq!(daemon.get(&format!("/{name}/")).await.0, 200, "{name}");
    }
    drop(folder);
}

#[tokio::test]
async fn a_tree_that_could_not_be_looked_at_is_looked_at_the_next_time() {
    let (folder, file, packed) = large("one");
    let (other_folder, other, more) = large("two");
    let tree = content("resident").len() as u64 + (20 << 20);
    let most = (packed + more + tree * 3 / 2).to_string();
    let mut daemon = Daemon::start_with(&["--max-store", &most]).await;
    daemon.runs(["push", &file]).await;
    daemon.runs(["kill", "one"]).await;
    let trees = daemon.folder.path().join("trees");
    let place = std::fs::read_dir(&trees).unwrap().next().unwrap().unwrap();
    let (place, away) = (place.path(), daemon.folder.path().join("away"));
    daemon.end_by(Signal::TERM).await;
    // For a while there is something else in its place.
    let writable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&place, writable).unwrap();
    std::fs::rename(&place, &away).unwrap();
    std::fs::write(&place, "none").unwrap();
    daemon.start_again().await;
    let small = upload(&daemon, &hash(b"small"), 0, &[b"small"]).await;
    assert!(small.unwrap().complete);
    std::fs::remove_file(&place).unwrap();
    std::fs::rename(&away, &place).unwrap();
    let refused = daemon.run(&["push", &other]).await;
    assert!(refused.err.contains("StoreFull"), "{refused:?}");
    drop((folder, other_folder));
}
