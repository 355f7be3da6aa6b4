//! A function on the official runtime for Rust, unchanged.

use crate::support::{Daemon, PATIENCE, path, until};
use http_body_util::BodyExt;
use serde_json::Value;
use std::time::Duration;

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("official"), "--lambda"]).await;
    daemon
}

#[tokio::test]
async fn it_is_given_events_and_their_context() {
    let daemon = daemon().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let (status, text) = daemon.get("/official/a").await;
        assert_eq!(status, 200, "{text}");
        let told: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told["path"], "/a");
        assert_eq!(told["name"], "official");
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:official";
        assert_eq!(told["arn"], arn);
        assert!(told["deadline"].as_u64().unwrap() > 1_700_000_000_000);
        ids.push(told["id"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let (status, text) = daemon.get("/official/fail").await;
    assert_eq!(status, 502);
    assert!(text.contains("no luck"), "{text}");
    assert_eq!(daemon.get("/official/").await.0, 200);
}

#[tokio::test]
async fn an_answer_comes_piece_by_piece() {
    let daemon = daemon().await;
    let (head, mut body) = daemon.open("/official/stream").await.into_parts();
    assert_eq!(head.status, 202);
    assert_eq!(head.headers["x-word"], "one");
    assert_eq!(head.headers["set-cookie"], "a=1");
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, "one ");
    daemon.give("official", "go");
    let rest = body.collect().await.unwrap().to_bytes();
    assert_eq!(rest, "two three");

    // This runtime writes trailers among the data, where nobody can tell them from it.
    let body = daemon.open("/official/stream-and-fail").await.into_body();
    let text = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&text).to_lowercase();
    assert!(
        text.starts_with("one lambda-runtime-function-error-type"),
        "{text}"
    );
    // The process is as good as before.
    assert_eq!(daemon.get("/official/").await.0, 200);
}

#[tokio::test]
async fn it_is_told_to_end_before_it_is_made_to() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("official"), "-L", "--keep-alive", "0"])
        .await;
    until("the end", || {
        let log = daemon.log("official");
        log.contains("told to end").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_goes_away_within_an_answer_leaves_the_process_to_others() {
    let daemon = daemon().await;
    let (_, mut body) = daemon.open("/official/stream").await.into_parts();
    body.frame().await.unwrap().unwrap();
    drop(body);
    daemon.give("official", "go");
    assert_eq!(daemon.get("/official/").await.0, 200);
}

#[tokio::test]
async fn one_that_takes_too_long_is_ended_and_the_next_event_has_another() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("official"), "-L", "--timeout", "1"])
        .await;
    let (status, text) = daemon.get("/official/wait").await;
    assert_eq!(status, 504, "{text}");
    daemon.give("official", "go");
    assert_eq!(daemon.get("/official/wait").await.0, 200);
}

#[tokio::test]
async fn it_is_given_an_event_that_nobody_waits_for() {
    let daemon = daemon().await;
    let event = r#"{"rawPath": "/wait"}"#;
    let id = daemon.runs(["invoke", "official", event, "--async"]).await;
    assert_eq!(id.trim().len(), 36, "{id}");
    until("the event", || {
        daemon.log("official").contains(" waits").then_some(())
    })
    .await;
    let waiting = daemon.runs(["events", "list", "official"]).await;
    assert!(waiting.contains(id.trim()), "{waiting}");
    daemon.give("official", "go");
    let answered = async {
        while daemon
            .runs(["events", "list", "official"])
            .await
            .contains(id.trim())
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let answered = tokio::time::timeout(PATIENCE, answered).await;
    answered.expect("it is kept for ever");
}

#[tokio::test]
async fn one_that_cannot_start_takes_nothing_over() {
    let daemon = daemon().await;
    let failed = daemon
        .run(&["push", &path("official"), "-L", "--", "cannot-start"])
        .await;
    assert_eq!(failed.code, 1);
    assert!(
        failed.err.contains("its process ended with exit code 1"),
        "{}",
        failed.err
    );
    assert_eq!(daemon.get("/official/").await.0, 200);
}

#[tokio::test]
async fn several_events_are_in_one_process_where_it_asks_for_them() {
    let daemon = Daemon::start().await;
    let program = path("official");
    let settings = ["--concurrency", "4", "--max-processes", "1"];
    let pushed = daemon
        .run(&[&["push", &program, "-L"][..], &settings].concat())
        .await;
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let calls: Vec<_> = (0..4)
        .map(|_| tokio::spawn(daemon.get_owned("/official/wait")))
        .collect();
    until("all of them at once", || {
        let log = daemon.log("official");
        (log.matches(" waits").count() == 4).then_some(())
    })
    .await;
    daemon.give("official", "go");
    for call in calls {
        assert_eq!(call.await.unwrap().0, 200);
    }
}
