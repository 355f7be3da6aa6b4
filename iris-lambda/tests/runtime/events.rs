//! Events that are not what a handler takes.

use crate::support::{Event, RuntimeApi};
use serde_json::json;

#[tokio::test]
async fn whatever_an_event_is_the_next_one_is_answered() {
    let mut api = RuntimeApi::start().await;
    let mut process = api.run("functions", "hello");
    let bad: [&[u8]; 9] = [
        b"[]",
        b"null",
        b"5",
        b"\"text\"",
        b"",
        b"{",
        b"{\"name\":5}",
        b"{\"name\":\"Ada\"} and more",
        b"\xff\xfe",
    ];
    for (number, event) in bad.into_iter().enumerate() {
        let said = api.ask(Event::new(&format!("bad-{number}"), event)).await;
        let text = String::from_utf8_lossy(event);
        assert_eq!(
            said.path,
            format!("invocation/bad-{number}/error"),
            "{text}"
        );
        let kind = "Runtime.UnmarshalError";
        assert_eq!(said.header("lambda-runtime-function-error-type"), kind);
        let told = said.json();
        assert_eq!(told["errorType"], kind);
        let message = told["errorMessage"].as_str().unwrap();
        assert!(
            message.starts_with("the event is no functions::Greeting: "),
            "{message}"
        );
        let said = api.ask(Event::new("good", r#"{"name":"Ada"}"#)).await;
        assert_eq!(
            said.json(),
            json!({ "message": "Hello, Ada" }),
            "behind {text}"
        );
    }
    assert!(process.runs());
}

#[tokio::test]
async fn an_event_of_megabytes_comes_whole() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("functions", "hello");
    let name = "x".repeat(6 * 1024 * 1024 - 100);
    let said = api
        .ask(Event::new("1", json!({ "name": name }).to_string()))
        .await;
    assert_eq!(
        said.json()["message"].as_str().unwrap().len(),
        name.len() + "Hello, ".len()
    );
}
