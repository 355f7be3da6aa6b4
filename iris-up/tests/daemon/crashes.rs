//! Daemons that are killed at any moment of a push.

use crate::support::{Daemon, path, processes_of, until};
use iris_up_client::messages::iris::up::v1::State;
use rustix::process::Signal;
use std::time::Duration;

/// Between a push's beginning and the daemon's end: so many milliseconds more each time, up to what a push takes.
const STEPS: u64 = 12;
const LONGEST: u64 = 180;

#[tokio::test]
async fn whenever_a_daemon_is_killed_the_next_finds_versions_that_are_whole() {
    let mut daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "app"])
        .await;
    let mut least = 1;
    for step in 0..STEPS {
        let program = path("resident");
        let arguments = ["push", &program, "--name", "app"];
        let pushing = daemon.run(&arguments);
        let pause = tokio::time::sleep(Duration::from_millis(LONGEST * step / STEPS));
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
        let listed = daemon.remotes().apps().list().await.unwrap().apps;
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].state(), listed[0].processes), (State::Alive, 1));
        until("no process but one and its child", || {
            (processes_of(daemon.folder.path()).len() == 2).then_some(())
        })
        .await;
    }
}
