//! Events without HTTP.

use crate::support::{Daemon, path};
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{InvokeRequest, invoke_response::Outcome};
use serde_json::{Value, json};

#[tokio::test]
async fn a_function_is_given_an_event_and_its_answer_comes_back() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("function"), "-L"]).await;
    let event = json!({ "rawPath": "/by-hand" }).to_string();
    let printed = daemon.runs(["invoke", "function", &event]).await;
    let told: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(told["path"], "/by-hand");
    let json = daemon.runs(["invoke", "function", &event, "--json"]).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["requestId"].as_str().unwrap().len(), 36, "{json}");

    for (path, part) in [("/fail", "NoLuck: no luck"), ("/end", "Runtime.ExitError")] {
        let event = json!({ "rawPath": path }).to_string();
        let failed = daemon.run(&["invoke", "function", &event]).await;
        assert_eq!(failed.code, 1);
        assert!(failed.err.contains(part), "{}", failed.err);
        let failed = daemon.run(&["invoke", "function", &event, "--json"]).await;
        assert_eq!(failed.code, 1, "for programs, too");
        let json: Value = serde_json::from_str(&failed.out).unwrap();
        assert!(part.starts_with(json["error"]["type"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn what_no_function_has_seen_is_an_error() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    daemon.runs(["push", &path("function"), "-L"]).await;
    let functions = daemon.remotes().functions();
    let invoke = async |name: &str, length: usize| {
        let request = InvokeRequest {
            name: name.into(),
            event: vec![b' '; length].into(),
        };
        functions.invoke(request).await
    };
    let refused = async |name: &str, length: usize| invoke(name, length).await.unwrap_err().code;
    assert_eq!(refused("nothing", 0).await, ErrorCode::UnknownApp);
    assert_eq!(refused("resident", 0).await, ErrorCode::NoLambda);
    assert_eq!(refused("function", 7 << 20).await, ErrorCode::EventTooLarge);
    daemon.runs(["kill", "function"]).await;
    assert_eq!(refused("function", 0).await, ErrorCode::Killed);

    // What is no event ends the function, which has seen it.
    daemon.runs(["start", "function"]).await;
    let outcome = invoke("function", 1).await.unwrap().outcome;
    assert!(matches!(outcome, Some(Outcome::Error(_))), "{outcome:?}");
}
