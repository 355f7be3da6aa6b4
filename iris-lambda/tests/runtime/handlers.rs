//! Several handlers in one executable, and what comes before the first event.

use crate::support::{Event, RuntimeApi};
use serde_json::json;

#[tokio::test]
async fn the_handler_that_is_named_gets_the_events() {
    let mut api = RuntimeApi::start().await;
    let _hello = api.run("functions", "hello");
    let said = api.ask(Event::new("1", r#"{"name":"Ada"}"#)).await;
    assert_eq!(said.path, "invocation/1/response");
    assert_eq!(said.header("content-type"), "application/json");
    assert_eq!(said.json(), json!({ "message": "Hello, Ada" }));

    let mut api = RuntimeApi::start().await;
    let _fail = api.run("functions", "fail");
    let said = api.ask(Event::new("2", r#""well""#)).await;
    assert_eq!(
        (said.path.as_str(), said.json()),
        ("invocation/2/response", json!("well"))
    );

    let mut api = RuntimeApi::start().await;
    let _web = api.run("functions", "web");
    let event = r#"{"rawPath":"/","requestContext":{"http":{"method":"GET"}}}"#;
    let said = api.ask(Event::new("3", event)).await;
    assert_eq!(said.json()["body"], "hello");
}

#[tokio::test]
async fn a_handler_that_is_not_there_is_told_before_the_first_event() {
    let known = "_HANDLER has to name one of `hello`, `context`, `fail`, `stream`, `meet`, `web`";
    for (named, message) in [
        (Some("bye"), format!("there is no handler `bye`: {known}")),
        (
            None,
            known.replace("_HANDLER has", "_HANDLER is not set, and has"),
        ),
    ] {
        let mut api = RuntimeApi::start().await;
        let process = api.run_with("functions", |command| {
            named.map(|named| command.env("_HANDLER", named));
        });
        let said = api.said().await;
        assert_eq!(said.path, "init/error");
        let kind = "Runtime.NoSuchHandler";
        assert_eq!(said.header("lambda-runtime-function-error-type"), kind);
        let told = json!({ "errorType": kind, "errorMessage": message, "stackTrace": [] });
        assert_eq!(said.json(), told);
        let (status, printed) = process.ended().await;
        assert_eq!(status.code(), Some(1));
        assert!(printed.contains(&message), "{printed}");
    }
}

#[tokio::test]
async fn the_only_handler_gets_the_events_whatever_is_named() {
    for named in ["bootstrap", ""] {
        let mut api = RuntimeApi::start().await;
        let _process = api.run("hello", named);
        let said = api.ask(Event::new("1", r#"{"name":"Ada"}"#)).await;
        assert_eq!(said.json(), json!({ "message": "Hello, Ada" }), "{named}");
    }
}

#[tokio::test]
async fn what_fails_before_the_first_event_is_told() {
    for (why, kind, message) in [
        (
            "cannot-start",
            "ParseIntError",
            "invalid digit found in string",
        ),
        ("panics-at-start", "Runtime.Panic", "no database"),
    ] {
        let mut api = RuntimeApi::start().await;
        let process = api.run_with("functions", |command| {
            command.arg(why).env("_HANDLER", "hello");
        });
        let said = api.said().await;
        assert_eq!(said.path, "init/error");
        let told = said.json();
        assert_eq!(
            (&told["errorType"], &told["errorMessage"]),
            (&json!(kind), &json!(message))
        );
        assert_eq!(process.ended().await.0.code(), Some(1));
    }
}

#[tokio::test]
async fn without_a_runtime_api_it_says_who_gives_events() {
    let process = crate::support::Process(crate::support::command("functions").spawn().unwrap());
    let (status, printed) = process.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(
        printed.contains("AWS_LAMBDA_RUNTIME_API is not set"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_runtime_api_that_goes_away_ends_the_process() {
    let mut api = RuntimeApi::start().await;
    let process = api.run("functions", "hello");
    api.ask(Event::new("1", r#"{"name":"Ada"}"#)).await;
    drop(api);
    let (status, printed) = process.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(printed.contains("asking for an event"), "{printed}");
}

#[tokio::test]
async fn a_connection_that_is_closed_is_opened_anew() {
    let mut api = RuntimeApi::start().await;
    let mut process = api.run("functions", "hello");
    for number in 0..20 {
        let event = Event::new(&number.to_string(), r#"{"name":"Ada"}"#);
        // Behind the event, before its answer.
        let said = api.ask(event.with("connection", "close")).await;
        assert_eq!(said.path, format!("invocation/{number}/response"));
    }
    assert!(process.runs());
}
