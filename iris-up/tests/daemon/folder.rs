//! The folder of a daemon: one daemon's, wherever it is, and kept clean.

use crate::support::{Daemon, PROGRAM, path, processes_of, until, until_seen, within};
use std::fs;
use std::process::Stdio;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_folder_is_one_daemons() {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    // The registry is there already, and only read.
    daemon.restart_by(rustix::process::Signal::TERM).await;
    assert_eq!(daemon.get("/resident").await.0, 200);
    let processes = processes_of(daemon.folder.path());
    let folder = daemon.folder.path().to_str().unwrap();
    let second = daemon.run(&["serve", "--managed", "--data", folder]).await;
    assert_eq!(second.code, 1, "{second:?}");
    assert!(
        second.err.contains("another daemon runs with this folder"),
        "{}",
        second.err
    );
    assert_eq!(processes_of(daemon.folder.path()), processes);
    assert_eq!(daemon.get("/resident").await.0, 200);
}

#[tokio::test]
async fn a_folder_may_be_named_from_where_one_is() {
    let place = tempfile::tempdir().unwrap();
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--managed"])
        .env_remove("IRIS_UP_DATA")
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next_line().await.unwrap().expect("a port");
    let pushed = Command::new(PROGRAM)
        .args([
            "push",
            &path("resident"),
            "--url",
            &format!("http://127.0.0.1:{port}"),
        ])
        .output()
        .await
        .unwrap();
    assert!(pushed.status.success(), "{pushed:?}");
    let folder = place.path().join(".iris-up").canonicalize().unwrap();
    assert_ne!(processes_of(&folder), Vec::<i32>::new());
    let id = child.id().unwrap().cast_signed();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(
        within("the end of a command", child.wait())
            .await
            .unwrap()
            .success()
    );
    assert_eq!(processes_of(&folder).len(), 0);
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_before_anything_runs() {
    let daemon = Daemon::start().await;
    let port = daemon.url.rsplit(':').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let second = daemon.run(&["serve", "--port", port, "--data", data]).await;
    assert_eq!(second.code, 1);
    assert!(
        second
            .err
            .contains(&format!("cannot listen at 127.0.0.1:{port}")),
        "{}",
        second.err
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_app_that_was_removed_leaves_nothing() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon.printed("resident", "own").await;
    daemon.give("resident", "file");
    // Another app of the same artifact, and an artifact that nobody uses for a while.
    daemon
        .runs(["push", &path("resident"), "--name", "other"])
        .await;
    daemon.runs(["push", &path("function"), "-L"]).await;
    daemon.runs(["remove", "function"]).await;
    let folder = daemon.folder.path();
    let artifacts = || {
        fs::read_dir(folder.join("artifacts"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    assert_eq!(
        artifacts().count(),
        2,
        "it may be on its way to be pushed again"
    );
    for path in artifacts() {
        let file = fs::File::open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(2 * 3600))
            .unwrap();
    }
    daemon.runs(["remove", "resident"]).await;
    assert_eq!(artifacts().count(), 1, "the other app has it");
    assert!(!folder.join("apps/resident").exists());
    assert!(!folder.join("logs/resident.log").exists());
    assert_eq!(daemon.get("/other").await.0, 200);
    // The next of this name begins anew.
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    until("its log", || {
        daemon.log("resident").contains("own").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_app_may_leave_folders_deeper_than_any_path() {
    use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let own = daemon.folder.path().join("apps/resident");
    let mut deep = open(&own, OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..20_000 {
        mkdirat(&deep, "d", Mode::RWXU).unwrap();
        deep = openat(&deep, "d", OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    drop(deep);
    daemon.runs(["remove", "resident"]).await;
    assert!(!own.exists());
    let trash = daemon.folder.path().join("trash");
    until("an empty trash", || {
        (fs::read_dir(&trash).unwrap().count() == 0).then_some(())
    })
    .await;
    assert_eq!(daemon.runs(["list"]).await, "");
}

#[tokio::test]
async fn a_push_while_the_app_is_removed_comes_after_that() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let waiting = daemon.get("/resident/wait");
    let changing = async {
        until("a request", || {
            daemon.log("resident").contains("waits").then_some(())
        })
        .await;
        let program = path("resident");
        let removing = daemon.runs(["remove", "resident"]);
        let pushing = async {
            until_seen("a refusal", async || {
                (daemon.get("/resident").await.0 == 503).then_some(())
            })
            .await;
            let pushing = daemon.runs(["push", &program]);
            let other = async {
                // One of another app waits for neither.
                daemon.runs(["push", &program, "--name", "other"]).await;
                daemon.give("resident", "go");
            };
            tokio::join!(pushing, other)
        };
        tokio::join!(removing, pushing)
    };
    let (waited, _) = tokio::join!(waiting, changing);
    assert_eq!(waited.0, 200);
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
}

#[tokio::test]
async fn an_upload_that_was_cut_off_at_its_end_goes_on() {
    let daemon = Daemon::start().await;
    // As a daemon leaves it that is killed between the last byte and the name.
    let program = fs::read(path("function")).unwrap();
    let hash = sha256(&program).await;
    let part = daemon.folder.path().join("uploads").join(&hash);
    fs::write(&part, &program).unwrap();
    let mut mode = fs::metadata(&part).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(&part, mode).unwrap();
    daemon.runs(["push", &path("function"), "-L"]).await;
    assert_eq!(daemon.get("/function/").await.0, 200);
}

async fn sha256(bytes: &[u8]) -> String {
    use std::io::Write;
    let mut child = std::process::Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}
