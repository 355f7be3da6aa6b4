//! What apps print.

use crate::support::{Daemon, PATIENCE, path};
use iris_up_client::messages::iris::up::v1::LogsRequest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

#[tokio::test]
async fn lines_are_there_to_read_and_come_as_they_are_printed() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("function"), "--lambda"]).await;
    let own = daemon.printed("function", "own").await;
    let request = LogsRequest {
        name: "function".into(),
        lines: 1,
        follow: true,
    };
    let mut lines = daemon.remotes().apps().logs(request).await.unwrap();
    let first = lines.message().await.unwrap().unwrap();
    assert_eq!(
        (first.stream.as_str(), first.text),
        ("out", format!("own {own}"))
    );
    assert!(first.time.unwrap().seconds > 1_700_000_000);

    daemon.give("function", "go");
    assert_eq!(daemon.get("/function/wait").await.0, 200);
    assert_eq!(lines.message().await.unwrap().unwrap().text, "waits");
    drop(lines);

    let printed = daemon.runs(["logs", "function", "-n", "2"]).await;
    let texts: Vec<&str> = printed
        .lines()
        .map(|line| line.split_once(' ').unwrap().1)
        .collect();
    assert_eq!(texts[0], format!("out own {own}"));
    // With the event that it is about.
    assert!(
        texts[1].starts_with("out ") && texts[1].ends_with(" waits"),
        "{texts:?}"
    );
    let json = daemon.runs(["logs", "function", "-n", "1", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["text"], "waits");
    let unknown = daemon.run(&["logs", "nothing"]).await;
    assert!(
        unknown.err.contains("no app \"nothing\""),
        "{}",
        unknown.err
    );
}

/// The command line as it follows an app, and what it prints.
fn follow(daemon: &Daemon, more: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
    let arguments = [&["logs", "function", "--follow"], more].concat();
    let mut command = daemon.command(&arguments);
    command.stdout(Stdio::piped()).kill_on_drop(true);
    let mut following = command.spawn().unwrap();
    let lines = BufReader::new(following.stdout.take().unwrap()).lines();
    (following, lines)
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    let next = timeout(PATIENCE, lines.next_line()).await;
    next.expect("nothing comes").unwrap()
}

#[tokio::test]
async fn who_follows_an_app_sees_what_it_prints_until_the_daemon_ends() {
    let mut daemon = Daemon::start().await;
    daemon.runs(["push", &path("function"), "--lambda"]).await;
    let own = daemon.printed("function", "own").await;
    // What was there, as much as is wanted of it.
    let (mut people, mut lines) = follow(&daemon, &["-n", "1"]);
    let first = next(&mut lines).await.unwrap();
    assert!(first.ends_with(&format!(" out own {own}")), "{first}");
    let (mut programs, mut json) = follow(&daemon, &["-n", "1", "--json"]);
    let first: Value = serde_json::from_str(&next(&mut json).await.unwrap()).unwrap();
    assert_eq!(first["text"], format!("own {own}"));
    // What comes: each line as soon as it is printed, since the next is printed when the one before has been read.
    for _ in 0..2 {
        assert_eq!(daemon.get("/function/print").await.0, 200);
        let line = next(&mut lines).await.unwrap();
        assert!(line.ends_with(" about it"), "{line}");
        let line: Value = serde_json::from_str(&next(&mut json).await.unwrap()).unwrap();
        assert_eq!(line["text"], "about it");
        assert_eq!(line["requestId"].as_str().unwrap().len(), 36);
    }
    for following in [&mut people, &mut programs] {
        assert!(following.try_wait().unwrap().is_none(), "it goes on");
    }
    // Whoever has seen enough says so as ever, and the daemon does not wait for the other.
    let id = Pid::from_raw(programs.id().unwrap().cast_signed()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let ended = timeout(PATIENCE, programs.wait()).await.unwrap().unwrap();
    assert!(!ended.success());
    timeout(PATIENCE, daemon.end_by(Signal::TERM))
        .await
        .expect("it waits for whoever follows");
    assert_eq!(next(&mut lines).await, None);
    let ended = timeout(PATIENCE, people.wait()).await.unwrap().unwrap();
    assert!(ended.success());
}
