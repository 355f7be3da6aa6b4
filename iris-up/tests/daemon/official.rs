//! A function on the official runtime for Rust, unchanged.

use crate::support::{Daemon, path, until};
use http_body_util::BodyExt;
use serde_json::Value;

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
