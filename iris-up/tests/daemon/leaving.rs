//! Versions that are an app's no longer, and still have something under way.

use crate::support::{Daemon, path, processes_of, runs, until, until_seen, within};
use iris_up_client::messages::iris::up::v1::AppRequest;
use std::process::Stdio;
use tokio::process::Child;
use tokio::task::JoinHandle;

/// How many of them there are at most before the next change waits.
const MOST: usize = 4;

/// A push to the app that the tests have, which is over once the version before is gone.
fn push(daemon: &Daemon) -> Child {
    let mut command = daemon.command(&["push", &path("resident")]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.kill_on_drop(true).spawn().unwrap()
}

/// A request that the version which runs has, until there is a file `go`.
async fn begin(daemon: &Daemon) -> JoinHandle<(u16, String)> {
    let waits = || daemon.log("resident").matches(" out waits").count();
    let before = waits();
    let waiting = tokio::spawn(daemon.get_owned("/resident/wait"));
    until("a request", || (waits() > before).then_some(())).await;
    waiting
}

/// Waits until such a request has been answered.
async fn went(waiting: JoinHandle<(u16, String)>) {
    let answer = within("the answer of what waits", waiting).await;
    assert_eq!(answer.unwrap(), (200, "went".to_owned()));
}

/// Waits until this version answers.
async fn answers(daemon: &Daemon, version: usize) {
    let answer = (200, format!("version {version}"));
    until_seen(&format!("{answer:?}"), async || {
        (daemon.get("/resident").await == answer).then_some(())
    })
    .await;
}

/// Waits until nothing more is taken.
async fn refuses(daemon: &Daemon) {
    until_seen("a refusal", async || {
        (daemon.get("/resident").await.0 == 503).then_some(())
    })
    .await;
}

/// Waits until a command has worked.
async fn worked(what: &str, mut command: Child) {
    let ended = within(what, command.wait()).await;
    assert!(ended.unwrap().success(), "{what}");
}

async fn versions(daemon: &Daemon) -> usize {
    let name = "resident".to_owned();
    let listed = daemon.remotes().apps().versions(AppRequest { name });
    listed.await.unwrap().versions.len()
}

/// An app whose first version has a request under way, and whose second answers.
async fn with_one_that_leaves() -> (Daemon, i32, JoinHandle<(u16, String)>, Child) {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let first = daemon.printed("resident", "own").await;
    let waiting = begin(&daemon).await;
    let pushing = push(&daemon);
    answers(&daemon, 2).await;
    (daemon, first, waiting, pushing)
}

#[tokio::test]
async fn a_fifth_change_waits_until_one_of_four_versions_is_gone() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let mut waiting = Vec::new();
    let mut pushes = Vec::new();
    for version in 1..=MOST {
        waiting.push(begin(&daemon).await);
        pushes.push(push(&daemon));
        answers(&daemon, version + 1).await;
    }
    let last = MOST + 1;
    assert_eq!(versions(&daemon).await, last);
    // All of them are there, with the one that answers.
    let app = daemon.remotes().apps().list().await.unwrap().apps.remove(0);
    assert_eq!(app.processes as usize, last);
    pushes.push(push(&daemon));
    // One that begins later and has no such to wait for is over meanwhile.
    for _ in 0..2 {
        let program = path("resident");
        daemon.runs(["push", &program, "--name", "other"]).await;
    }
    assert_eq!(versions(&daemon).await, last);
    let answer = daemon.get("/resident").await;
    assert_eq!(answer, (200, format!("version {last}")));

    daemon.give("resident", "go");
    for waiting in waiting {
        went(waiting).await;
    }
    for push in pushes {
        worked("the end of a push", push).await;
    }
    answers(&daemon, last + 1).await;
    shows(&daemon, 1, ("", 1)).await;
}

/// Waits until the list says this of one of the apps: its reason, and how many processes it has. Their end is told a moment
/// after it.
async fn shows(daemon: &Daemon, app: usize, expected: (&str, u32)) {
    until_seen(&format!("{expected:?}"), async || {
        let listed = daemon.remotes().apps().list().await.unwrap();
        let app = &listed.apps[app];
        ((&*app.reason, app.processes) == expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_kill_lets_versions_finish_that_were_gone_over_from() {
    let (daemon, first, waiting, pushing) = with_one_that_leaves().await;
    let mut killing = daemon.command(&["kill", "resident"]);
    let mut killing = killing.stdout(Stdio::null()).spawn().unwrap();
    // It has been heard once nothing more is taken.
    refuses(&daemon).await;
    until("the end of the second", || {
        (processes_of(daemon.folder.path()).len() == 2).then_some(())
    })
    .await;
    assert!(runs(first), "it has a request");
    assert!(killing.try_wait().unwrap().is_none(), "and is waited for");
    shows(&daemon, 0, ("killed", 1)).await;

    daemon.give("resident", "go");
    went(waiting).await;
    worked("the end of the kill", killing).await;
    assert!(!runs(first));
    worked("the end of the push", pushing).await;
    shows(&daemon, 0, ("killed", 0)).await;
    until("no process", || {
        processes_of(daemon.folder.path()).is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_app_is_removed_once_versions_have_finished_that_were_gone_over_from() {
    let (daemon, first, waiting, pushing) = with_one_that_leaves().await;
    let folder = daemon.folder.path().join("apps/resident");
    let mut removing = daemon.command(&["remove", "resident"]);
    let mut removing = removing.stdout(Stdio::null()).spawn().unwrap();
    refuses(&daemon).await;
    until("the end of the second", || {
        (processes_of(daemon.folder.path()).len() == 2).then_some(())
    })
    .await;
    assert!(runs(first), "it has a request");
    assert!(removing.try_wait().unwrap().is_none(), "and is waited for");
    assert!(folder.exists(), "it may need that");

    daemon.give("resident", "go");
    went(waiting).await;
    worked("the end of the removal", removing).await;
    assert!(!runs(first));
    assert!(!folder.exists());
    worked("the end of the push", pushing).await;
    assert_eq!(daemon.runs(["list"]).await, "");
    assert_eq!(daemon.get("/resident").await.0, 404);
    until("no process", || {
        processes_of(daemon.folder.path()).is_empty().then_some(())
    })
    .await;
}
