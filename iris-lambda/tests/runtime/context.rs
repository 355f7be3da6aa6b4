//! What handlers are told beside their event.

use crate::support::{Event, RuntimeApi};
use serde_json::{Value, json};
use std::time::{Duration, UNIX_EPOCH};

const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:shop:live";

async fn told(api: &mut RuntimeApi, event: Event) -> Value {
    api.ask(event).await.json()
}

#[tokio::test]
async fn a_handler_is_told_of_its_event_and_its_function() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run_with("functions", |command| {
        command
            .env("_HANDLER", "context")
            .env("AWS_LAMBDA_FUNCTION_NAME", "shop")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "7")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/shop")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/27/[7]abc")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", "very-secret")
            .env("AWS_SESSION_TOKEN", "token");
    });
    let in_a_minute = UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(60);
    let client = r#"{"client":{"app_title":"Shop"},"custom":{"cart":5},"env":{"make":"x"}}"#;
    let identity = r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#;
    let event = Event::new("8476a536-e9f4-11e8-9739-2dfe598c3fcd", "{}")
        .with(
            "lambda-runtime-deadline-ms",
            &in_a_minute.as_millis().to_string(),
        )
        .with("lambda-runtime-invoked-function-arn", ARN)
        .with(
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        )
        .with("lambda-runtime-client-context", client)
        .with("lambda-runtime-cognito-identity", identity)
        .with("lambda-runtime-aws-tenant-id", "t");
    let mut told = told(&mut api, event).await;
    let left = told["left"].take().as_u64().unwrap();
    assert!((1..=60_000).contains(&left), "{left}");
    let expected = json!({
        "request_id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        "left": null,
        "arn": ARN,
        "trace": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        "tenant": "t",
        "title": "Shop",
        "custom": { "cart": 5 },
        "pool": "p",
        "name": "shop",
        "version": "7",
        "memory": 512,
        "log_group": "/aws/lambda/shop",
        "log_stream": "2026/11/27/[7]abc",
        "region": "eu-central-1",
        "handler": "context",
        "key": "AKID",
        "token": "token",
        "credentials": "Some(Credentials(..))",
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_nobody_says_is_missing_and_nothing_fails() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("functions", "context");
    let first = told(&mut api, Event::new("1", "{}")).await;
    assert_eq!(first["arn"], "");
    assert_eq!(first["trace"], Value::Null);
    assert_eq!(first["key"], Value::Null);
    assert_eq!(first["memory"], 0);
    assert!(first["left"].as_u64().unwrap() > 14 * 60 * 1000);
    let passed = Event::new("2", "{}").with("lambda-runtime-deadline-ms", "1000");
    assert_eq!(told(&mut api, passed).await["left"], 0);
    // Its caller wrote it, so that anything may stand there.
    let wrong = Event::new("3", "{}").with("lambda-runtime-client-context", "none");
    let said = api.ask(wrong).await;
    assert_eq!(said.path, "invocation/3/error");
    let null = Event::new("4", "{}").with("lambda-runtime-cognito-identity", "null");
    assert_eq!(told(&mut api, null).await["pool"], Value::Null);
}

#[tokio::test]
async fn an_answer_says_which_giving_of_the_event_it_belongs_to() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("functions", "fail");
    for (event, path) in [("\"well\"", "response"), ("\"error\"", "error")] {
        let event = Event::new("1", event).with("lambda-runtime-invocation-id", "abc");
        let said = api.ask(event).await;
        assert_eq!(said.path, format!("invocation/1/{path}"));
        assert_eq!(said.header("lambda-runtime-invocation-id"), "abc");
    }
}
