//! Answers that go piece by piece.

use crate::support::{Event, RuntimeApi, Said};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const MODE: &str = "lambda-runtime-function-response-mode";
const HTTP: &str = "application/vnd.awslambda.http-integration-response";

async fn api() -> (RuntimeApi, crate::support::Process) {
    let api = RuntimeApi::start().await;
    let process = api.run("functions", "stream");
    (api, process)
}

fn event(how: &str, file: &str) -> Event {
    Event::new("1", json!({ "how": how, "file": file }).to_string())
}

#[tokio::test]
async fn pieces_go_as_they_come() {
    let (mut api, _process) = api().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("go");
    api.give(event("bytes", file.to_str().unwrap())).await;
    assert_eq!(api.piece().await, "one ");
    std::fs::write(&file, "").unwrap();
    let said = api.said().await;
    assert_eq!(said.path, "invocation/1/response");
    assert_eq!(said.header(MODE), "streaming");
    assert_eq!(said.header("content-type"), "application/octet-stream");
    assert_eq!(said.header("transfer-encoding"), "chunked");
    assert_eq!(said.body, "one two three");
    assert_eq!(said.trailers, None);
}

#[tokio::test]
async fn a_head_comes_before_eight_zeros() {
    let (mut api, _process) = api().await;
    // Any file that is there.
    let said = api.ask(event("http", "/")).await;
    assert_eq!(said.header("content-type"), HTTP);
    let end = said
        .body
        .windows(8)
        .position(|bytes| bytes == [0; 8])
        .unwrap();
    let head: Value = serde_json::from_slice(&said.body[..end]).unwrap();
    let expected = json!({
        "statusCode": 201,
        "headers": { "content-type": "application/octet-stream", "x-word": "a, b" },
        "cookies": ["a=1", "b=2"],
    });
    assert_eq!(head, expected);
    assert_eq!(&said.body[end + 8..], b"one two three");
}

fn trailer(said: &Said, name: &str) -> String {
    let trailers = said.trailers.as_ref().unwrap();
    trailers[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_that_breaks_off_says_so_behind_what_it_sent() {
    let (mut api, _process) = api().await;
    for (how, kind, message) in [
        ("error", "OutOfStock", "nothing left"),
        ("panic", "Runtime.Panic", "the shelf broke"),
    ] {
        let said = api.ask(event(how, "")).await;
        assert_eq!(said.body, "one ", "nothing of the failure is in the body");
        assert_eq!(trailer(&said, "lambda-runtime-function-error-type"), kind);
        let told = trailer(&said, "lambda-runtime-function-error-body");
        let told: Value = serde_json::from_slice(&STANDARD.decode(told).unwrap()).unwrap();
        assert_eq!(
            (&told["errorType"], &told["errorMessage"]),
            (&json!(kind), &json!(message))
        );
    }
    let said = api.ask(event("bytes", "/")).await;
    assert_eq!(said.body, "one two three");
}

#[tokio::test]
async fn a_failure_before_the_first_piece_is_one_like_any_other() {
    let (mut api, _process) = api().await;
    let said = api.ask(event("unheard-of", "")).await;
    assert_eq!(said.path, "invocation/1/error");
    assert_eq!(said.json()["errorMessage"], "no such way");
}

#[tokio::test]
async fn one_goes_though_the_connection_of_its_event_is_closed() {
    let (mut api, _process) = api().await;
    for _ in 0..5 {
        let said = api
            .ask(event("bytes", "/").with("connection", "close"))
            .await;
        assert_eq!(said.body, "one two three");
    }
}
