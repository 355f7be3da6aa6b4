//! Extensions within a function, and beside it.

use crate::archives::{EXECUTABLE, content, zip_file};
use crate::support::{Daemon, Printed, path, processes_of, runs, until};
use rustix::process::{Pid, Signal, kill_process};

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("function");
    daemon
        .runs([
            "push",
            &program,
            "-L",
            "--keep-alive",
            "1",
            "--",
            "with-extension",
        ])
        .await;
    daemon
}

#[tokio::test]
async fn an_extension_hears_of_each_event_and_of_the_end() {
    let daemon = daemon().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = daemon
            .runs(["invoke", "function", r#"{"rawPath": "/print"}"#, "--json"])
            .await;
        let id: serde_json::Value = serde_json::from_str(&id).unwrap();
        ids.push(id["requestId"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        let line = format!("hears \"INVOKE\" of \"{id}\"");
        until(&line, || {
            daemon.log("function").contains(&line).then_some(())
        })
        .await;
    }
    until("the end", || {
        daemon
            .log("function")
            .contains("hears \"SHUTDOWN\" of null")
            .then_some(())
    })
    .await;
    let log = daemon.log("function");
    let registered = log.lines().find_map(|line| line.split_once(" registered "));
    let registered: serde_json::Value = serde_json::from_str(registered.unwrap().1).unwrap();
    let expected = serde_json::json!({
        "accountId": "000000000000",
        "functionName": "function",
        "functionVersion": "1",
        "handler": "function",
    });
    assert_eq!(registered, expected);
    for line in ["again 403", "wrong 400", "stranger 403", "identified 1"] {
        assert!(log.contains(line), "{line}: {log}");
    }
}

#[tokio::test]
async fn an_extension_that_fails_ends_the_process() {
    let daemon = daemon().await;
    let first = daemon.printed("function", "own").await;
    daemon.give("function", "fail");
    // Whichever is first: the answer, or the end.
    let _ = daemon.get("/function/ok").await;
    until("its end", || (!runs(first)).then_some(())).await;
    std::fs::remove_file(daemon.folder.path().join("apps/function/fail")).unwrap();
    // Another process, as good as new.
    let (status, text) = daemon.get("/function/ok").await;
    assert_eq!(status, 200, "{text}");
    until("two processes", || {
        (daemon.log("function").matches("own ").count() == 2).then_some(())
    })
    .await;
}

/// Pushes a function with external extensions of these names.
async fn push_with(daemon: &Daemon, names: &[&str], arguments: &[&str]) -> Printed {
    let (function, extension) = (content("function"), content("extension"));
    let paths: Vec<String> = names
        .iter()
        .map(|name| format!("extensions/{name}"))
        .collect();
    let mut entries = vec![
        ("bootstrap", Some(EXECUTABLE), function.as_slice()),
        (
            "extensions/README",
            Some(0o100_644),
            b"no executable".as_slice(),
        ),
    ];
    for path in &paths {
        entries.push((path, Some(EXECUTABLE), &extension));
    }
    let (_folder, file) = zip_file("function.zip", &entries);
    let all = [&["push", &file, "--lambda"], arguments].concat();
    daemon.run(&all).await
}

#[tokio::test]
async fn external_extensions_are_started_and_hear_of_each_event_and_of_the_end() {
    let daemon = Daemon::start().await;
    let pushed = push_with(&daemon, &["watcher", "plain"], &["--keep-alive", "1"]).await;
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let id = daemon
        .runs(["invoke", "function", r#"{"rawPath": "/print"}"#, "--json"])
        .await;
    let id: serde_json::Value = serde_json::from_str(&id).unwrap();
    let id = id["requestId"].as_str().unwrap();
    for name in ["watcher", "plain"] {
        let line = format!("{name} hears \"INVOKE\" of \"{id}\"");
        until(&line, || {
            daemon.log("function").contains(&line).then_some(())
        })
        .await;
    }
    let log = daemon.log("function");
    // They are there before the function is.
    let at = |what: &str| log.find(what).unwrap_or_else(|| panic!("{what}: {log}"));
    for name in ["watcher", "plain"] {
        assert!(at(&format!("out {name} registered 200")) < at("out own "));
    }
    // Of the function they are told less than it is itself.
    assert!(
        log.contains("watcher finds [false, false, true] in "),
        "{log}"
    );
    // One user, and one control group, whose limits are those of all of them.
    let all = [
        daemon.printed("function", "own").await,
        daemon.printed("function", "watcher own").await,
        daemon.printed("function", "plain own").await,
    ];
    let told = |id: i32, file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap();
    let user = |id: i32| {
        let status = told(id, "status");
        status
            .lines()
            .find(|line| line.starts_with("Uid:"))
            .unwrap()
            .to_owned()
    };
    for id in &all[1..] {
        assert_eq!(told(*id, "cgroup"), told(all[0], "cgroup"));
        assert_eq!(user(*id), user(all[0]));
        assert_ne!(user(*id).split_whitespace().nth(1), Some("0"));
    }
    until("the end", || {
        let log = daemon.log("function");
        log.contains("watcher ends by \"spindown\"").then_some(())
    })
    .await;
    until("no process", || {
        let left = all.iter().filter(|id| runs(**id)).count();
        (left == 0).then_some(())
    })
    .await;
    assert!(!daemon.log("function").contains("plain hears \"SHUTDOWN\""));
    // The next one has them, too.
    assert_eq!(daemon.get("/function/ok").await.0, 200);
    until("two of each", || {
        let log = daemon.log("function");
        (log.matches("plain registered 200").count() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn where_an_extension_ends_all_begins_anew() {
    let daemon = Daemon::start().await;
    let pushed = push_with(&daemon, &["quitter"], &[]).await;
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let first = daemon.printed("function", "own").await;
    let (status, text) = daemon.get("/function/wait").await;
    assert_eq!(status, 502);
    let why = "its extension quitter ended: its process ended with exit code 7";
    assert!(text.contains(why), "{text}");
    until("its end", || (!runs(first)).then_some(())).await;
    let (status, _) = daemon.get("/function/wait").await;
    assert_eq!(status, 502);
    until("two of them", || {
        let log = daemon.log("function");
        (log.matches("quitter registered 200").count() == 2).then_some(())
    })
    .await;
    // The other way round: where the function ends, its extensions do.
    let daemon = Daemon::start().await;
    push_with(&daemon, &["watcher"], &[]).await;
    let extension = daemon.printed("function", "watcher own").await;
    assert_eq!(daemon.get("/function/end").await.0, 502);
    until("its end", || (!runs(extension)).then_some(())).await;
    until("why", || {
        let log = daemon.log("function");
        log.contains("watcher ends by \"failure\"").then_some(())
    })
    .await;
    // Whoever ends one from outside.
    assert_eq!(daemon.get("/function/ok").await.0, 200);
    let ids = processes_of(daemon.folder.path());
    assert_eq!(ids.len(), 2);
    let extension = daemon.printed("function", "watcher own").await;
    kill_process(Pid::from_raw(extension).unwrap(), Signal::KILL).unwrap();
    until("the end of both", || {
        ids.iter().all(|id| !runs(*id)).then_some(())
    })
    .await;
    assert_eq!(daemon.get("/function/ok").await.0, 200);
}

#[tokio::test]
async fn a_function_that_takes_too_long_takes_its_extensions_along() {
    let daemon = Daemon::start().await;
    push_with(&daemon, &["watcher"], &["--timeout", "1"]).await;
    assert_eq!(daemon.get("/function/hang").await.0, 504);
    until("the end", || {
        let log = daemon.log("function");
        log.contains("watcher ends by \"timeout\"").then_some(())
    })
    .await;
    assert_eq!(daemon.get("/function/ok").await.0, 200);
}

#[tokio::test]
async fn a_function_does_not_start_without_its_extensions() {
    let daemon = Daemon::start().await;
    let failed = push_with(&daemon, &["failing"], &[]).await;
    assert_eq!(failed.code, 1);
    let why = "its extension did not start: failing: Extension.NoLicence";
    assert!(failed.err.contains(why), "{}", failed.err);
    // One that gives another name is none that was waited for; the second attempt has as long as an event.
    let failed = push_with(&daemon, &["stranger"], &["--timeout", "1"]).await;
    assert_eq!(failed.code, 1);
    let why = "its extension stranger did not register in time";
    assert!(failed.err.contains(why), "{}", failed.err);
    let names: Vec<String> = (0..11).map(|number| format!("plain{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let failed = push_with(&daemon, &names, &[]).await;
    assert!(
        failed.err.contains("more than 10 extensions"),
        "{}",
        failed.err
    );
    assert_eq!(processes_of(daemon.folder.path()).len(), 0);
}
