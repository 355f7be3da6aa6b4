//! Handlers that fail.

use crate::support::{Event, RuntimeApi};
use serde_json::{Value, json};

#[tokio::test]
async fn every_way_to_fail_is_told_and_the_next_event_is_answered() {
    let mut api = RuntimeApi::start().await;
    let mut process = api.run("functions", "fail");
    for (how, kind, message) in [
        // A box says nothing of what is in it.
        ("error", "Error", "nothing left"),
        ("failure", "NoSuchOrder", "there is no order 5"),
        ("panic", "Runtime.Panic", "the shelf broke"),
        ("panic-later", "Runtime.Panic", "the shelf broke later"),
        (
            "unwritable",
            "Runtime.MarshalError",
            "the answer cannot be written as JSON: it has no form",
        ),
    ] {
        let said = api.ask(Event::new("1", json!(how).to_string())).await;
        assert_eq!(said.path, "invocation/1/error", "{how}");
        assert_eq!(said.header("lambda-runtime-function-error-type"), kind);
        let told = said.json();
        assert_eq!(
            (&told["errorType"], &told["errorMessage"]),
            (&json!(kind), &json!(message))
        );
        let said = api.ask(Event::new("2", "\"well\"")).await;
        assert_eq!(
            (said.path.as_str(), said.json()),
            ("invocation/2/response", json!("well"))
        );
    }
    assert!(process.runs());
}

#[tokio::test]
async fn a_panic_is_told_with_its_place_and_with_a_backtrace_where_that_is_wanted() {
    for (wanted, lines) in [("0", 1..2), ("1", 3..10_000)] {
        let mut api = RuntimeApi::start().await;
        let _process = api.run_with("functions", |command| {
            command
                .env("_HANDLER", "fail")
                .env("RUST_BACKTRACE", wanted);
        });
        let told = api.ask(Event::new("1", "\"panic\"")).await.json();
        let trace = told["stackTrace"].as_array().unwrap();
        assert!(lines.contains(&trace.len()), "{trace:?}");
        let place = trace[0].as_str().unwrap();
        assert!(place.contains("tests/apps/functions.rs:"), "{place}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_a_failure() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("functions", "fail");
    for _ in 0..3 {
        let said = api.ask(Event::new("1", "\"large\"")).await;
        assert_eq!(said.path, "invocation/1/error");
        let told = said.json();
        let kinds = ["Function.ResponseSizeTooLarge", "Runtime.AnswerNotTaken"];
        assert!(
            kinds.map(Value::from).contains(&told["errorType"]),
            "{told}"
        );
        let length = (7 * 1024 * 1024 + 2).to_string();
        assert!(
            told["errorMessage"].as_str().unwrap().contains(&length),
            "{told}"
        );
        let said = api.ask(Event::new("2", "\"well\"")).await;
        assert_eq!(said.path, "invocation/2/response");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_concerns_nobody() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("functions", "fail");
    api.ask(Event::new("late", "\"well\"")).await;
    api.ask(Event::new("late", "\"error\"")).await;
    let said = api.ask(Event::new("1", "\"well\"")).await;
    assert_eq!(said.path, "invocation/1/response");
}

#[tokio::test]
async fn a_runtime_api_that_is_broken_ends_the_process() {
    let mut api = RuntimeApi::start().await;
    let process = api.run("functions", "fail");
    api.ask(Event::new("broken", "\"well\"")).await;
    let (status, printed) = process.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(printed.contains("500"), "{printed}");
}
