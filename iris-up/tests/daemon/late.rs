//! What comes too late by the Runtime API: the first question, and answers.

use crate::support::{Daemon, path, runs, until};
use http_body_util::BodyExt;
use serde_json::Value;
use std::time::Duration;

async fn daemon_with(arguments: &[&str]) -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("function");
    let arguments = [&["push", program.as_str(), "--lambda"], arguments].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    daemon
}

async fn process_that_answers(daemon: &Daemon) -> i32 {
    let (status, text) = daemon.get("/function/ok").await;
    assert_eq!(status, 200, "{text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    i32::try_from(told["pid"].as_i64().unwrap()).unwrap()
}

/// It takes 22 seconds: 10 are those that a start may take, and 12 those that it takes.
#[tokio::test]
async fn one_that_asks_after_its_time_is_started_again_and_then_has_more() {
    let daemon = daemon_with(&["--timeout", "60", "--", "asks-late"]).await;
    let log = daemon.log("function");
    assert_eq!(log.matches(" out begins").count(), 2, "{log}");
    // The first did not get as far as to ask.
    assert_eq!(log.matches(" out own ").count(), 1, "{log}");
    let own = daemon.printed("function", "own").await;
    assert_eq!(process_that_answers(&daemon).await, own);
    let listed = daemon.remotes().apps().list().await.unwrap();
    assert_eq!(listed.apps[0].processes, 1);
}

/// Who has other events is not ended at once, and may answer: it takes 10 seconds.
#[tokio::test]
async fn an_answer_after_its_deadline_is_of_no_event_and_that_of_another_counts() {
    let daemon = daemon_with(&["--timeout", "10", "--concurrency", "2"]).await;
    let own = daemon.printed("function", "own").await;
    let first = tokio::spawn(daemon.get_owned("/function/late"));
    until("the first", || {
        daemon
            .log("function")
            .contains("has the first")
            .then_some(())
    })
    .await;
    // So that the second has time left when that of the first is over.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let second = tokio::spawn(daemon.get_owned("/function/other"));
    let (status, text) = first.await.unwrap();
    assert_eq!(status, 504, "{text}");
    assert!(runs(own), "it has another event");
    daemon.give("function", "go");
    let (status, text) = second.await.unwrap();
    assert_eq!((status, text.as_str()), (200, "in time"));
    for kind in ["response", "error"] {
        let log = daemon.log("function");
        let line = log.lines().find(|line| line.contains(&format!(" {kind} ")));
        let line = line.unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains(&format!("{kind} 400 ")), "{line}");
        assert!(line.contains("InvalidRequestID"), "{line}");
    }
    // It has shown that it hangs, and gets no more.
    until("its end", || (!runs(own)).then_some(())).await;
    assert_ne!(process_that_answers(&daemon).await, own);
}

#[tokio::test]
async fn an_answer_that_has_begun_breaks_off_at_its_deadline() {
    let daemon = daemon_with(&["--timeout", "2"]).await;
    let own = daemon.printed("function", "own").await;
    let (head, mut body) = daemon.open("/function/stream-and-end").await.into_parts();
    assert_eq!(head.status, 201);
    let mut read = Vec::new();
    let ended = loop {
        match body.frame().await {
            Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap()),
            ended => break ended,
        }
    };
    assert_eq!(read, b"papart");
    assert!(matches!(ended, Some(Err(_))), "{ended:?}");
    until("its end", || (!runs(own)).then_some(())).await;
    assert_ne!(process_that_answers(&daemon).await, own);
}
