//! Events by AWS Lambda's own API.

use crate::support::{Daemon, path, until, until_seen};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::join_all;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("function"), "-L"]).await;
    daemon
}

/// Invokes a function, as a library of Amazon's does. What stands for its name may go on with a query.
async fn invoke(
    daemon: &Daemon,
    name: &str,
    headers: &[(&str, &str)],
    event: &str,
) -> Response<Bytes> {
    let (name, query) = name.split_once('?').unwrap_or((name, ""));
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("/2015-03-31/functions/{name}/invocations?{query}"))
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
        );
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    daemon
        .send(
            request
                .body(Bytes::copy_from_slice(event.as_bytes()))
                .unwrap(),
        )
        .await
}

fn of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_function_is_invoked_and_answers() {
    let daemon = daemon().await;
    let event = json!({ "rawPath": "/by-amazon" }).to_string();
    for name in [
        "function",
        "function:$LATEST",
        "arn:aws:lambda:us-east-1:000000000000:function:function",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Afunction:1",
        "000000000000:function:function",
    ] {
        let answer = invoke(&daemon, name, &[], &event).await;
        assert_eq!(answer.status(), 200, "{name}: {answer:?}");
        assert_eq!(of(&answer)["path"], "/by-amazon");
        assert_eq!(answer.headers()["x-amz-executed-version"], "1");
        assert_eq!(answer.headers()["x-amzn-requestid"].len(), 36);
        assert!(answer.headers().get("x-amz-function-error").is_none());
    }
}

#[tokio::test]
async fn failures_are_answers_with_a_header() {
    let daemon = daemon().await;
    for (path, kind) in [
        ("/fail", "NoLuck"),
        ("/end", "Runtime.ExitError"),
        ("/stream-and-fail", "NoLuck"),
        ("/large", "Function.ResponseSizeTooLarge"),
    ] {
        let event = json!({ "rawPath": path }).to_string();
        let answer = invoke(&daemon, "function", &[], &event).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-amz-function-error"], "Unhandled");
        assert_eq!(of(&answer)["errorType"], kind, "{path}");
    }
}

#[tokio::test]
async fn a_functions_error_comes_byte_for_byte() {
    let daemon = daemon().await;
    let told = r#"{ "errorType":"NoLuck",  "stackTrace": ["a", "b"], "errorMessage":"none", "cause": {"of": 1} }"#;
    let nameless = r#"{"errorMessage":"none"}"#;
    for (document, kind, expected, printed) in [
        (told, "Other.Kind", told, "NoLuck: none"),
        (nameless, "Own.Kind", nameless, "Own.Kind: none"),
        ("no JSON", "", "no JSON", "Unknown: no JSON"),
        (
            "",
            "Own.Kind",
            r#"{"errorMessage":"","errorType":"Own.Kind"}"#,
            "Own.Kind: ",
        ),
    ] {
        let event = json!({ "rawPath": "/fail-with", "document": document, "kind": kind });
        let event = event.to_string();
        let answer = invoke(&daemon, "function", &[], &event).await;
        assert_eq!(answer.headers()["x-amz-function-error"], "Unhandled");
        assert_eq!(String::from_utf8_lossy(answer.body()), expected);
        let failed = daemon.run(&["invoke", "function", &event]).await;
        assert!(failed.err.contains(printed), "{}", failed.err);
    }
}

#[tokio::test]
async fn a_function_that_does_not_start_again_says_why() {
    let daemon = Daemon::start().await;
    let program = path("function");
    daemon
        .runs(["push", &program, "-L", "--keep-alive", "0"])
        .await;
    daemon.give("function", "no-database");
    let remotes = daemon.remotes();
    until_seen("no process in the list", async || {
        let listed = remotes.apps().list().await.unwrap();
        (listed.apps[0].processes == 0).then_some(())
    })
    .await;
    let answer = invoke(&daemon, "function", &[], "{}").await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(answer.headers()["x-amz-function-error"], "Unhandled");
    let why = json!({ "errorMessage": "no database", "errorType": "NoDatabase" });
    assert_eq!(of(&answer), why);
    let (status, text) = daemon.get("/function").await;
    assert_eq!(status, 503);
    assert!(text.contains("NoDatabase: no database"), "{text}");
}

#[tokio::test]
async fn the_version_that_is_told_is_the_one_that_ran() {
    let daemon = daemon().await;
    let program = path("function");
    daemon
        .runs(["push", &program, "-L", "--traffic", "50"])
        .await;
    let mut ran = Vec::new();
    for _ in 0..10 {
        let answer = invoke(&daemon, "function", &[], "{}").await;
        let told = answer.headers()["x-amz-executed-version"].to_str().unwrap();
        assert_eq!(of(&answer)["version"], told);
        ran.push(told.to_owned());
    }
    ran.sort_unstable();
    ran.dedup();
    assert_eq!(ran, ["1", "2"]);
}

#[tokio::test]
async fn events_and_dry_runs() {
    let daemon = daemon().await;
    let event = json!({ "rawPath": "/print" }).to_string();
    let dry = [("x-amz-invocation-type", "DryRun")];
    assert_eq!(
        invoke(&daemon, "function", &dry, &event).await.status(),
        204
    );
    let event_type = [("x-amz-invocation-type", "Event")];
    let answer = invoke(&daemon, "function", &event_type, &event).await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (202, 0));
    let id = answer.headers()["x-amzn-requestid"]
        .to_str()
        .unwrap()
        .to_owned();
    until("the event", || {
        daemon
            .log("function")
            .contains(&format!("out/{id} about it"))
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_log_comes_with_the_answer() {
    let daemon = daemon().await;
    let wanted = [("x-amz-log-type", "Tail")];
    let log = |answer: &Response<Bytes>| {
        let text = answer.headers()["x-amz-log-result"].as_bytes();
        String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
    };
    for path in ["/print", "/ok", "/print", "/print-and-end"].repeat(5) {
        let event = json!({ "rawPath": path }).to_string();
        let answer = invoke(&daemon, "function", &wanted, &event).await;
        let id = answer.headers()["x-amzn-requestid"].to_str().unwrap();
        let printed = match path {
            "/print" => "about it\n",
            "/ok" => "",
            _ => "about its end\n",
        };
        let log = log(&answer);
        // What a process prints as it starts is about no event.
        let expected = format!(
            "START RequestId: {id} Version: 1\n{printed}END RequestId: {id}\nREPORT RequestId: {id}\tDuration: "
        );
        assert!(log.starts_with(&expected), "{log}");
    }
    let event = json!({ "rawPath": "/print-much" }).to_string();
    let answer = invoke(&daemon, "function", &wanted, &event).await;
    let log = log(&answer);
    assert_eq!(log.len(), 4096);
    assert!(log.contains("line 998\nline 999\nEND RequestId: "), "{log}");
    let none = invoke(&daemon, "function", &[("x-amz-log-type", "None")], "{}").await;
    assert!(none.headers().get("x-amz-log-result").is_none());
}

/// Whoever wanted the end of the log has what is read of the process, which goes with it.
#[tokio::test]
async fn nothing_stays_open_of_a_process_whose_log_was_wanted() {
    let daemon = daemon().await;
    let wanted = [("x-amz-log-type", "Tail")];
    let event = json!({ "rawPath": "/print-and-end" }).to_string();
    let open = || {
        let all = std::fs::read_dir(format!("/proc/{}/fd", daemon.id())).unwrap();
        let targets = all.flatten().map(|entry| std::fs::read_link(entry.path()));
        let pipes = targets
            .flatten()
            .filter(|target| target.to_string_lossy().starts_with("pipe:"));
        pipes.count()
    };
    invoke(&daemon, "function", &wanted, &event).await;
    for _ in 0..20 {
        invoke(&daemon, "function", &wanted, &event).await;
    }
    // Those of the process that is kept ready, and of one that has not been looked after to its end.
    until("the end of all", || (open() <= 8).then_some(())).await;
}

#[tokio::test]
async fn a_qualifier_chooses_the_version() {
    let daemon = daemon().await;
    let program = path("function");
    daemon
        .runs(["push", &program, "-L", "--traffic", "1"])
        .await;
    let context = json!({ "rawPath": "/context" }).to_string();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:function";
    for (name, version, qualifier) in [
        ("function?Qualifier=1", "1", ":1"),
        ("function:2", "2", ":2"),
        ("function?Qualifier=2", "2", ":2"),
        ("function?Qualifier=$LATEST", "1", ":$LATEST"),
        ("function", "1", ""),
    ] {
        let answer = invoke(&daemon, name, &[], &context).await;
        assert_eq!(answer.status(), 200, "{name}: {answer:?}");
        assert_eq!(answer.headers()["x-amz-executed-version"], version);
        assert_eq!(of(&answer)["arn"], format!("{arn}{qualifier}"));
        assert_eq!(of(&answer)["environment"]["IRIS_UP_VERSION"], version);
    }
    let later = [("x-amz-invocation-type", "Event")];
    for (name, headers, status, kind) in [
        ("function:3", &[][..], 404, "ResourceNotFoundException"),
        (
            "function?Qualifier=live",
            &[][..],
            404,
            "ResourceNotFoundException",
        ),
        (
            "function:1?Qualifier=2",
            &[][..],
            400,
            "InvalidParameterValueException",
        ),
        (
            "function:1",
            &later[..],
            400,
            "InvalidParameterValueException",
        ),
    ] {
        let answer = invoke(&daemon, name, headers, "{}").await;
        assert_eq!(answer.status(), status, "{name}: {answer:?}");
        assert_eq!(answer.headers()["x-amzn-errortype"], kind, "{name}");
    }
}

#[tokio::test]
async fn a_callers_trace_goes_on_in_the_function() {
    let daemon = daemon().await;
    let event = json!({ "rawPath": "/context" }).to_string();
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let answer = invoke(&daemon, "function", &[("x-amzn-trace-id", trace)], &event).await;
    assert_eq!(of(&answer)["trace"], trace);
    assert_eq!(answer.headers()["x-amzn-trace-id"], trace);
    let answer = invoke(
        &daemon,
        "function",
        &[("x-amzn-trace-id", "no trace")],
        &event,
    )
    .await;
    let own = answer.headers()["x-amzn-trace-id"].to_str().unwrap();
    assert!(own.starts_with("Root=1-"), "{own}");
    assert_eq!(of(&answer)["trace"], own);
}

#[tokio::test]
async fn what_is_too_much_is_throttled() {
    let daemon = Daemon::start().await;
    let program = path("function");
    daemon
        .runs(["push", &program, "-L", "--max-processes", "1"])
        .await;
    let filled = |path: &str| json!({ "rawPath": path, "filler": "x".repeat(6_000_000) });
    let event = filled("/wait").to_string();
    let no_room = Notify::new();
    let calls = (0..16).map(async |_| {
        let answer = invoke(&daemon, "function", &[], &event).await;
        if answer.status() == 429 {
            no_room.notify_one();
        }
        answer
    });
    let going = async {
        until("one at work", || {
            daemon.log("function").contains(" waits").then_some(())
        })
        .await;
        // More wait than there is room for, of whom those are told at once who have none.
        no_room.notified().await;
        daemon.give("function", "go");
    };
    let (answers, ()) = tokio::join!(join_all(calls), going);
    let (well, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status() == 200);
    assert!(!well.is_empty() && !refused.is_empty());
    for refused in refused {
        assert_eq!(refused.status(), 429, "{refused:?}");
        assert_eq!(
            refused.headers()["x-amzn-errortype"],
            "TooManyRequestsException"
        );
        assert_eq!(refused.headers()["retry-after"], "1");
        let reason = "ReservedFunctionConcurrentInvocationLimitExceeded";
        assert_eq!(of(refused)["Reason"], reason);
    }
}

#[tokio::test]
async fn a_callers_context_reaches_the_function() {
    let daemon = daemon().await;
    let context = STANDARD.encode(r#"{"client": {"app_title": "notes"}}"#);
    let headers = [("x-amz-client-context", context.as_str())];
    let event = json!({ "rawPath": "/context" }).to_string();
    let answer = invoke(&daemon, "function", &headers, &event).await;
    assert_eq!(
        of(&answer)["client"],
        r#"{"client": {"app_title": "notes"}}"#
    );
    assert_eq!(
        of(&answer)["id"],
        answer.headers()["x-amzn-requestid"].to_str().unwrap()
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_as_amazon_says_it() {
    let daemon = daemon().await;
    daemon.runs(["push", &path("resident")]).await;
    let large = format!("\"{}\"", "x".repeat(6 << 20));
    let long = STANDARD.encode(vec![b' '; 3_000]);
    for (name, headers, event, status, kind) in [
        ("nothing", vec![], "{}", 404, "ResourceNotFoundException"),
        ("no_name", vec![], "{}", 404, "ResourceNotFoundException"),
        (
            "function",
            vec![],
            "{",
            400,
            "InvalidRequestContentException",
        ),
        (
            "function",
            vec![("x-amz-client-context", "!")],
            "{}",
            400,
            "InvalidRequestContentException",
        ),
        (
            "function",
            vec![("x-amz-invocation-type", "Later")],
            "{}",
            400,
            "InvalidParameterValueException",
        ),
        (
            "function",
            vec![("x-amz-log-type", "Head")],
            "{}",
            400,
            "InvalidParameterValueException",
        ),
        (
            "function",
            vec![("x-amz-tenant-id", "ada")],
            "{}",
            400,
            "InvalidParameterValueException",
        ),
        (
            "function",
            vec![("x-amz-client-context", long.as_str())],
            "{}",
            400,
            "InvalidRequestContentException",
        ),
        (
            "resident",
            vec![("x-amz-invocation-type", "Event")],
            "{}",
            400,
            "InvalidParameterValueException",
        ),
        (
            "resident",
            vec![],
            "{}",
            400,
            "InvalidParameterValueException",
        ),
        (
            "function",
            vec![],
            large.as_str(),
            413,
            "RequestTooLargeException",
        ),
        (
            "function",
            vec![("origin", "http://evil.example")],
            "{}",
            403,
            "UnrecognizedClientException",
        ),
    ] {
        let answer = invoke(&daemon, name, &headers, event).await;
        assert_eq!(answer.status(), status, "{name} {headers:?}: {answer:?}");
        assert_eq!(
            answer.headers()["x-amzn-errortype"],
            kind,
            "{name} {headers:?}"
        );
        assert_eq!(of(&answer)["Type"], "User");
    }
    for version in ["2015-03-31", "2021-11-15"] {
        let (status, text) = daemon.get(&format!("/{version}/functions")).await;
        assert_eq!(status, 404);
        assert!(text.contains("of AWS Lambda's API"), "{text}");
        let refused = daemon
            .run(&["push", &path("resident"), "--name", version])
            .await;
        assert!(
            refused.err.contains("no name for an app"),
            "{}",
            refused.err
        );
    }
}
