//! Daemons that are killed at any moment of a push.

use crate::archives::{EXECUTABLE, Entry, content, zip};
use crate::support::{Daemon, path, processes_of, until};
use iris_up_client::messages::iris::up::v1::State;
use rustix::process::Signal;
use std::time::Duration;

/// Between a push's beginning and the daemon's end: so many milliseconds more each time, up to what a push takes; of an
/// archive it takes longer.
const STEPS: u64 = 12;
const LONGEST: u64 = 180;
const LONGEST_OF_ARCHIVES: u64 = 1_500;

#[tokio::test]
async fn whenever_a_daemon_is_killed_the_next_finds_versions_that_are_whole() {
    let program = path("resident");
    kill_while_pushing(LONGEST, |_| program.clone()).await;
}

#[tokio::test]
async fn the_same_of_versions_that_are_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let resident = content("resident");
    // Each is another archive, so that each is unpacked.
    kill_while_pushing(LONGEST_OF_ARCHIVES, |step| {
        let file = folder.path().join(format!("{step}.zip"));
        let number = step.to_string();
        let mut entries: Vec<Entry<'_>> = vec![
            ("bootstrap", Some(EXECUTABLE), &resident),
            ("number", None, number.as_bytes()),
        ];
        let names: Vec<String> = (0..50).map(|name| format!("files/{name}")).collect();
        entries.extend(
            names
                .iter()
                .map(|name| (name.as_str(), None, b"some".as_slice())),
        );
        std::fs::write(&file, zip(&entries)).unwrap();
        file.to_str().unwrap().to_owned()
    })
    .await;
}

async fn kill_while_pushing(longest: u64, program: impl Fn(u64) -> String) {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &program(0), "--name", "app"]).await;
    let mut least = 1;
    for step in 0..STEPS {
        let program = program(step + 1);
        let arguments = ["push", &program, "--name", "app"];
        let pushing = daemon.run(&arguments);
        let pause = tokio::time::sleep(Duration::from_millis(longest * step / STEPS));
        // Whether it is through by then differs: so much the better.
        tokio::select! {
            _ = pushing => {}
            () = pause => {}
        }
        daemon.restart_by(Signal::KILL).await;
        let (status, text) = daemon.get("/app").await;
        assert_eq!(status, 200, "{text}");
        let version: u64 = text.strip_prefix("version ").unwrap().parse().unwrap();
        assert!((least..=step + 2).contains(&version), "{text} after {step}");
        least = version;
        for tree in std::fs::read_dir(daemon.folder.path().join("trees")).unwrap() {
            let name = tree.unwrap().file_name();
            assert_eq!(name.len(), 64, "{name:?} is left");
        }
        let listed = daemon.remotes().apps().list().await.unwrap().apps;
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].state(), listed[0].processes), (State::Alive, 1));
        until("no process but one and its child", || {
            (processes_of(daemon.folder.path()).len() == 2).then_some(())
        })
        .await;
    }
}

/// What a daemon may be doing as it is killed, and how long that takes at most.
const CHANGES: [(&str, u64); 3] = [("start", 120), ("kill", 60), ("remove", 60)];

#[tokio::test]
async fn the_same_of_apps_that_are_started_killed_and_removed() {
    for (change, longest) in CHANGES {
        let mut daemon = Daemon::start().await;
        for step in 0..STEPS {
            daemon
                .runs(["push", &path("resident"), "--name", "app"])
                .await;
            std::fs::write(daemon.folder.path().join("apps/app/secret"), "of the first").unwrap();
            if change == "start" {
                daemon.runs(["kill", "app"]).await;
            }
            let arguments = [change, "app"];
            let changing = daemon.run(&arguments);
            let pause = tokio::time::sleep(Duration::from_millis(longest * step / STEPS));
            tokio::select! {
                _ = changing => {}
                () = pause => {}
            }
            daemon.restart_by(Signal::KILL).await;
            let listed = daemon.remotes().apps().list().await.unwrap().apps;
            let processes = match listed.as_slice() {
                [] => {
                    assert_eq!(change, "remove");
                    for kind in ["apps", "tmp", "logs"] {
                        let folder = daemon.folder.path().join(kind);
                        let left: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
                        assert!(left.is_empty(), "{left:?} after {step}");
                    }
                    0
                }
                [app] if app.reason == "killed" => 0,
                [_] => {
                    assert_eq!(daemon.get("/app").await.0, 200);
                    2
                }
                more => panic!("{more:?}"),
            };
            until("no process but one and its child", || {
                (processes_of(daemon.folder.path()).len() == processes).then_some(())
            })
            .await;
        }
    }
}

#[tokio::test]
async fn what_is_left_of_a_removed_app_goes_and_nothing_else() {
    let mut daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "ghost"])
        .await;
    daemon.runs(["remove", "ghost"]).await;
    // As where the daemon was killed in between.
    let at = |place: &str| daemon.folder.path().join(place);
    let left = ["apps/ghost", "tmp/ghost"].map(at);
    let log = at("logs/ghost.log");
    let others = ["apps/lost+found", "apps/unknown", "logs/other"].map(at);
    for folder in left.iter().chain(&others) {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(&log, "").unwrap();
    daemon.restart_by(Signal::TERM).await;
    for gone in left.iter().chain([&log]) {
        assert!(!gone.exists(), "{}", gone.display());
    }
    for stays in &others {
        assert!(stays.exists(), "{}", stays.display());
    }
}
