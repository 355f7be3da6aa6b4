//! The process that is kept ready to become an app.

use crate::support::{Daemon, path, ready_for_apps, runs, until};
use rustix::process::{Pid, Signal, kill_process};

#[tokio::test]
async fn one_is_ready_and_what_it_becomes_is_the_app() {
    let daemon = Daemon::start().await;
    let ready = async || {
        until("one that is ready", || {
            match ready_for_apps(daemon.folder.path())[..] {
                [only] => Some(only),
                _ => None,
            }
        })
        .await
    };
    let first = ready().await;
    daemon.runs(["push", &path("resident")]).await;
    assert_eq!(daemon.printed("resident", "own").await, first);
    let second = ready().await;
    assert_ne!(second, first);

    // Whoever ends it holds nobody up.
    kill_process(Pid::from_raw(second).unwrap(), Signal::KILL).unwrap();
    daemon.runs(["restart", "resident"]).await;
    assert_eq!(daemon.get("/resident").await, (200, "version 1".to_owned()));
    assert_ne!(ready().await, second);
}

#[tokio::test]
async fn it_goes_with_its_daemon() {
    for signal in [Signal::TERM, Signal::KILL] {
        let mut daemon = Daemon::start().await;
        let first = until("one that is ready", || {
            ready_for_apps(daemon.folder.path()).first().copied()
        })
        .await;
        daemon.end_by(signal).await;
        until("its end", || (!runs(first)).then_some(())).await;
    }
}

#[tokio::test]
async fn what_it_becomes_has_its_own_arguments_variables_and_folder() {
    let daemon = Daemon::start().await;
    let program = path("resident");
    let secret = ["push", &program, "--env", "TOKEN=hunter2", "--", "hunter3"];
    daemon.runs(secret).await;
    let own = daemon.printed("resident", "own").await;
    let words = std::fs::read_to_string(format!("/proc/{own}/cmdline")).unwrap();
    assert!(words.ends_with("\0hunter3\0"), "{words}");
    let variables = std::fs::read_to_string(format!("/proc/{own}/environ")).unwrap();
    assert!(variables.contains("\0TOKEN=hunter2\0"), "{variables}");
    // It is known by the app's own folder from its first moment on.
    let folder = std::fs::read_link(format!("/proc/{own}/cwd")).unwrap();
    assert_eq!(folder, daemon.folder.path().join("apps/resident"));
}
