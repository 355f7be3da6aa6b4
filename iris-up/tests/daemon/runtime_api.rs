//! The Runtime API as AWS Lambda has it: what emulators of it lack.

use crate::support::{Daemon, path, until};
use serde_json::{Value, json};

const RESPONSE: &str = "/2018-06-01/runtime/invocation/{id}/response";

async fn daemon_with<const N: usize>(arguments: [&str; N]) -> Daemon {
    let daemon = Daemon::start().await;
    let program = path("function");
    let arguments = [&["push", program.as_str(), "--lambda"], &arguments[..]].concat();
    let printed = daemon.run(&arguments).await;
    assert_eq!(printed.code, 0, "{printed:?}");
    daemon
}

/// Lets a function ask, and gives what it was answered: statuses and bodies.
async fn answers(daemon: &Daemon, asks: Value) -> Vec<(u64, String)> {
    let event = json!({ "rawPath": "/ask", "asks": asks });
    daemon
        .runs(["invoke", "function", &event.to_string()])
        .await;
    let told: Value = until("the answers", || {
        let log = daemon.log("function");
        let line = log.lines().find_map(|line| line.split_once(" answers "));
        serde_json::from_str(line?.1).ok()
    })
    .await;
    let told = told.as_array().unwrap().iter();
    told.map(|told| {
        let body = told[1].as_str().unwrap().to_owned();
        (told[0].as_u64().unwrap(), body)
    })
    .collect()
}

#[tokio::test]
async fn an_event_is_answered_once() {
    let daemon = daemon_with([]).await;
    let told = answers(
        &daemon,
        json!([
            [
                "POST",
                "/2018-06-01/runtime/invocation/other/response",
                "",
                "1"
            ],
            [
                "POST",
                "/2018-06-01/runtime/invocation/other/error",
                "",
                "{}"
            ],
            [
                "POST",
                RESPONSE,
                "lambda-runtime-function-response-mode: slow",
                "1"
            ],
            ["POST", RESPONSE, "", "1"],
            ["POST", RESPONSE, "", "2"],
            [
                "POST",
                "/2018-06-01/runtime/invocation/{id}/error",
                "",
                "{}"
            ],
            ["POST", "/2018-06-01/runtime/init/error", "", "{}"],
        ]),
    )
    .await;
    for (index, (status, kind)) in [
        (400, "InvalidRequestID"),
        (400, "InvalidRequestID"),
        (400, "InvalidFunctionResponseMode"),
        (202, r#"{"status":"OK"}"#),
        (403, "InvalidStateTransition"),
        (403, "InvalidStateTransition"),
        (403, "InvalidStateTransition"),
    ]
    .into_iter()
    .enumerate()
    {
        let (got, body) = &told[index];
        assert_eq!(*got, status, "{index}: {body}");
        assert!(body.contains(kind), "{index}: {body}");
    }
}

#[tokio::test]
async fn who_asks_for_telemetry_goes_on_without() {
    let daemon = daemon_with([]).await;
    let told = answers(
        &daemon,
        json!([
            ["PUT", "/2022-07-01/telemetry", "", "{}"],
            ["PUT", "/2020-08-15/logs", "", "{}"],
            ["GET", "/2018-06-01/nothing", "", ""],
            ["POST", RESPONSE, "", "1"],
        ]),
    )
    .await;
    let statuses: Vec<u64> = told.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [202, 202, 404, 202]);
    assert!(told[0].1.contains("Telemetry.NotSupported"), "{told:?}");
}

#[tokio::test]
async fn each_event_has_a_deadline_of_its_own() {
    let daemon = daemon_with(["--timeout", "7"]).await;
    let event = json!({ "rawPath": "/context" }).to_string();
    let mut deadlines = Vec::new();
    for _ in 0..2 {
        let begun = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let told = daemon.runs(["invoke", "function", &event]).await;
        let ended = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let told: Value = serde_json::from_str(&told).unwrap();
        let deadline: u128 = told["deadline"].as_str().unwrap().parse().unwrap();
        assert!(
            (begun + 6_999..=ended + 7_001).contains(&deadline),
            "{deadline}"
        );
        deadlines.push(deadline);
    }
    assert!(deadlines[0] < deadlines[1], "{deadlines:?}");
}

#[tokio::test]
async fn the_variables_are_those_that_aws_sets() {
    let daemon = daemon_with([
        "--memory",
        "256MiB",
        "--env",
        "LANG=C",
        "--env",
        "AWS_REGION=eu-west-1",
    ])
    .await;
    let event = json!({ "rawPath": "/context" }).to_string();
    let told = daemon.runs(["invoke", "function", &event]).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let variables = &told["environment"];
    for (name, value) in [
        ("_HANDLER", "function"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_NAME", "function"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function"),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("TZ", ":UTC"),
        // These may be pushed.
        ("AWS_REGION", "eu-west-1"),
        ("LANG", "C"),
    ] {
        assert_eq!(variables[name], value, "{name}");
    }
    for folder in ["LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"] {
        assert!(std::path::Path::new(variables[folder].as_str().unwrap()).is_dir());
    }
    let stream = variables["AWS_LAMBDA_LOG_STREAM_NAME"].as_str().unwrap();
    let (date, process) = stream.split_once("/[1]").unwrap();
    assert_eq!((date.len(), process.len()), (10, 32), "{stream}");
    // One event at a time is said by its absence.
    assert_eq!(variables.get("AWS_LAMBDA_MAX_CONCURRENCY"), None);
    assert_eq!(variables.get("AWS_ACCESS_KEY_ID"), None);
}
