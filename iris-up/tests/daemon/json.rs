//! What commands print for programs.

use crate::support::{Daemon, PROGRAM, path, until, within};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// They run for as long as somebody looks at them, or print what is no JSON.
const WITHOUT: [&str; 3] = ["completions", "demo", "dev"];

async fn help(command: &[&str]) -> String {
    let mut asked = Command::new(PROGRAM);
    let printed = asked.args(command).arg("--help").output().await.unwrap();
    assert!(printed.status.success(), "{command:?}");
    String::from_utf8(printed.stdout).unwrap()
}

/// The commands that a help lists, but for itself.
fn listed(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:");
    let commands = lines.skip(1).take_while(|line| !line.is_empty());
    // What is said of a command may go on below it.
    let begun = commands.filter_map(|line| line.strip_prefix("  "));
    let begun = begun.filter(|line| !line.starts_with(' '));
    let names = begun.filter_map(|line| line.split_whitespace().next());
    let names = names.filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_command_that_answers_prints_json_where_that_is_wanted() {
    let mut without = Vec::new();
    let mut with = 0;
    for command in listed(&help(&[]).await) {
        let told = help(&[&command]).await;
        let below = listed(&told);
        let all = match below.is_empty() {
            true => vec![(command.clone(), told)],
            false => {
                let mut all = Vec::new();
                for inner in below {
                    let told = help(&[&command, &inner]).await;
                    all.push((format!("{command} {inner}"), told));
                }
                all
            }
        };
        for (name, told) in all {
            match told.contains("--json") {
                true => with += 1,
                false => without.push(name),
            }
        }
    }
    without.sort_unstable();
    assert_eq!(without, WITHOUT);
    assert!(with > 25, "{with} have");
}

/// The one line of JSON that a command prints.
fn of(printed: &str) -> Value {
    assert_eq!(printed.lines().count(), 1, "{printed:?}");
    serde_json::from_str(printed).unwrap()
}

#[tokio::test]
async fn commands_that_say_nothing_to_people_say_what_they_did() {
    let daemon = Daemon::start().await;
    let set = async |more: &[&str]| {
        let arguments = [&["password", "ada"], more].concat();
        let printed = daemon.run_as(&arguments, |_| {}, "correct horse\n").await;
        assert_eq!(printed.code, 0, "{printed:?}");
        printed.out
    };
    let told = of(&set(&["--json"]).await);
    assert_eq!(told, json!({ "name": "ada", "removed": false }));
    assert_eq!(set(&[]).await, "");
    let told = of(&daemon.runs(["password", "ada", "--remove", "--json"]).await);
    assert_eq!(told, json!({ "name": "ada", "removed": true }));
    let users = of(&daemon.runs(["users", "--json"]).await);
    assert!(users.get("users").is_none(), "{users}");

    let token = ["token", "create", "ci", "--scope", "read", "--json"];
    let token = of(&daemon.runs(token).await);
    let id = token["token"]["id"].as_str().unwrap();
    let told = of(&daemon.runs(["token", "remove", id, "--json"]).await);
    assert_eq!(told, json!({ "id": id, "removed": true }));
    assert_eq!(daemon.runs(["token", "list"]).await, "");

    daemon.runs(["push", &path("typed")]).await;
    let file = daemon.folder.path().join("typed.binpb");
    let out = file.to_str().unwrap();
    let told = of(&daemon
        .runs(["descriptors", "typed", "-o", out, "--json"])
        .await);
    let bytes = std::fs::metadata(&file).unwrap().len();
    assert_eq!(
        told,
        json!({ "name": "typed", "file": out, "bytes": bytes })
    );
    assert_eq!(daemon.runs(["descriptors", "typed", "-o", out]).await, "");

    let told = of(&daemon.runs(["remove", "typed", "--json"]).await);
    assert_eq!(told, json!({ "name": "typed", "removed": true }));
    assert_eq!(daemon.runs(["list"]).await, "");
    // What did not work is no JSON: it is told as ever, and by the exit code.
    let failed = daemon.run(&["remove", "typed", "--json"]).await;
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    assert!(failed.err.contains("no app \"typed\""), "{}", failed.err);
}

#[tokio::test]
async fn events_that_are_replayed_and_discarded_are_told_for_programs() {
    let daemon = Daemon::start().await;
    let program = path("function");
    daemon
        .runs(["push", &program, "--lambda", "--retries", "0"])
        .await;
    let event = json!({ "rawPath": "/fail" }).to_string();
    let queued = ["invoke", "function", &event, "--async", "--json"];
    let queued = of(&daemon.runs(queued).await);
    let id = queued["requestId"].as_str().unwrap();
    let dead = async || {
        let list = ["events", "list", "function", "--dead", "--json"];
        let begun = std::time::Instant::now();
        loop {
            let listed = of(&daemon.runs(list).await);
            if listed["events"][0]["requestId"] == id {
                return;
            }
            assert!(begun.elapsed() < crate::support::PATIENCE, "{listed}");
        }
    };
    dead().await;
    let told = of(&daemon
        .runs(["events", "replay", "function", id, "--json"])
        .await);
    let expected = json!({ "name": "function", "requestId": id, "replayed": true });
    assert_eq!(told, expected);
    dead().await;
    let told = of(&daemon
        .runs(["events", "discard", "function", id, "--json"])
        .await);
    let expected = json!({ "name": "function", "requestId": id, "discarded": true });
    assert_eq!(told, expected);
    assert_eq!(daemon.runs(["events", "list", "function"]).await, "");
}

#[tokio::test]
async fn a_daemon_says_where_it_listens() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--managed", "--json", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = of(&lines.next_line().await.unwrap().unwrap());
    let port = told["port"].as_u64().unwrap();
    assert_eq!(told["url"], format!("http://127.0.0.1:{port}"));
    let url = told["url"].as_str().unwrap();
    let mut listed = Command::new(PROGRAM);
    let listed = listed.args(["list", "--json", "--url", url]).output();
    let listed = listed.await.unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let id = rustix::process::Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    assert!(
        within("the end of a command", child.wait())
            .await
            .unwrap()
            .success()
    );
    until("its end", || {
        crate::support::processes_of(folder.path())
            .is_empty()
            .then_some(())
    })
    .await;
}
