//! A daemon that is not root: what it can hold, and what it cannot.

use crate::archives::{EXECUTABLE, content, zip_file};
use crate::support::{Daemon, PROGRAM, path, runs, until, until_seen};
use iris_up_client::messages::iris::up::v1::layer::State;
use std::os::unix::fs::chown;
use tempfile::TempDir;
use tokio::process::Command;

/// Nobody.
const USER: u32 = 65_534;

/// A daemon of nobody's, whose program is where nobody gets.
async fn daemon() -> (Daemon, TempDir) {
    let programs = tempfile::tempdir().unwrap();
    let program = programs.path().join("iris-up");
    // By another process: what this one has open for writing another test's child has open, too, and it cannot be run.
    let copied = Command::new("cp").arg(PROGRAM).arg(&program).status();
    assert!(copied.await.unwrap().success());
    chown(programs.path(), Some(USER), Some(USER)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(USER), Some(USER)).unwrap();
    let mut command = Command::new(&program);
    command.uid(USER).gid(USER);
    (Daemon::start_by(&mut command, folder).await, programs)
}

async fn tries(daemon: &Daemon, what: &str, argument: &str) -> String {
    let came = daemon.get(&format!("/hostile/{what}?{argument}")).await.1;
    println!("{what} {argument}: {came}");
    came
}

#[tokio::test]
async fn apps_work_and_what_is_missing_is_said() {
    let (daemon, _programs) = daemon().await;
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    // What a zip has in it is closed to its own owner, who takes it away nevertheless.
    let hostile = content("hostile");
    let (_folder, file) = zip_file(
        "tree.zip",
        &[
            ("bootstrap", Some(EXECUTABLE), &hostile),
            ("deep/er/file", None, b"1234"),
        ],
    );
    daemon.runs(["push", &file]).await;
    let came = async |attack: &str| daemon.get(&format!("/tree/{attack}")).await.1;
    assert_eq!(came("read?deep/er/file").await, "done: 4");
    for attack in ["write?deep/er/file", "write?deep/new", "write?new"] {
        let came = came(attack).await;
        assert!(came.contains("Permission denied"), "{attack}: {came}");
    }
    daemon.runs(["remove", "tree"]).await;
    let left = |folder: &str| {
        let left = std::fs::read_dir(daemon.folder.path().join(folder));
        left.unwrap().count()
    };
    assert_eq!(left("trees"), 0);
    until("an empty trash", || (left("trash") == 0).then_some(())).await;
    for function in ["function", "official"] {
        daemon.runs(["push", &path(function), "-L"]).await;
        assert_eq!(daemon.get(&format!("/{function}/a")).await.0, 200);
    }
    let layers = daemon.remotes().sandbox().check().await.unwrap().layers;
    let told: Vec<(&str, State)> = layers
        .iter()
        .map(|layer| (layer.name.as_str(), layer.state()))
        .collect();
    // Control groups are nobody's to make here.
    let expected = [
        ("user", State::Missing),
        ("privileges", State::Enforced),
        ("files", State::Enforced),
        ("ports", State::Enforced),
        ("signals", State::Enforced),
        ("system calls", State::Enforced),
        ("memory", State::Weaker),
        ("processor", State::Missing),
        ("processes", State::Weaker),
        ("limits", State::Enforced),
        ("end", State::Weaker),
    ];
    assert_eq!(told, expected);
    let advised = layers
        .iter()
        .filter(|layer| layer.state() != State::Enforced);
    assert!(advised.into_iter().all(|layer| !layer.advice.is_empty()));

    // Whoever wants all of it gets no daemon.
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(USER), Some(USER)).unwrap();
    let output = Command::new(_programs.path().join("iris-up"))
        .uid(USER)
        .gid(USER)
        .args(["serve", "--managed", "--sandbox", "required", "--data"])
        .arg(folder.path())
        .output()
        .await
        .unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{why}");
    assert!(
        why.contains("the sandbox is required, and has no layer \"user\""),
        "{why}"
    );
}

#[tokio::test]
async fn landlock_stands_in_for_users() {
    let (daemon, _programs) = daemon().await;
    daemon
        .runs([
            "push",
            &path("hostile"),
            "--memory",
            "64MiB",
            "--processes",
            "64",
        ])
        .await;
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(tries(&daemon, "tools", "").await, "done: x");
    for file in ["registry.sqlite", "logs/hostile.log"] {
        let file = daemon.folder.path().join(file);
        let file = file.to_str().unwrap();
        assert!(
            tries(&daemon, "read", file)
                .await
                .contains("Permission denied")
        );
        assert!(
            tries(&daemon, "write", file)
                .await
                .contains("Permission denied")
        );
    }
    let neighbour = daemon.printed("resident", "own").await;
    for process in [neighbour, daemon.id().cast_signed()] {
        for what in ["signal", "trace", "memory-of"] {
            let came = tries(&daemon, what, &process.to_string()).await;
            assert!(came.contains("not permitted"), "{came}");
        }
        let came = tries(&daemon, "read", &format!("/proc/{process}/environ")).await;
        assert!(came.contains("denied"), "{came}");
    }
    let port = daemon.url.rsplit_once(':').unwrap().1;
    assert!(
        tries(&daemon, "connect", port)
            .await
            .contains("Permission denied")
    );
    // To a socket that asks for the user of who connects it would be the daemon's owner.
    assert!(
        tries(&daemon, "local", "any.sock")
            .await
            .contains("not permitted")
    );

    // Memory by address space, of the process alone; processes by a limit of the user's.
    let came = daemon.get("/hostile/memory?4096").await;
    assert_eq!(came.0, 502, "{}", came.1);
    until("another process", || {
        let log = daemon.log("hostile");
        (log.matches("out own ").count() == 2).then_some(())
    })
    .await;
    until_seen("an answer", async || {
        (tries(&daemon, "", "").await == "done: it answers").then_some(())
    })
    .await;
    let came = tries(&daemon, "processes", "").await;
    assert!(came.contains("Resource temporarily unavailable"), "{came}");
}

#[tokio::test]
async fn what_left_its_session_and_its_environment_goes_on() {
    let (daemon, _programs) = daemon().await;
    daemon.runs(["push", &path("hostile")]).await;
    let left: i32 = tries(&daemon, "linger", "")
        .await
        .strip_prefix("done: ")
        .unwrap()
        .parse()
        .unwrap();
    daemon.runs(["kill", "hostile"]).await;
    // This is what `doctor` says of the layer `end`.
    assert!(runs(left), "it is contained: say so in `doctor`");
    let process = rustix::process::Pid::from_raw(left).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    until("its end", || (!runs(left)).then_some(())).await;
}
