//! Apps that run where there is something to do.

use crate::support::{Daemon, path, runs, until, until_seen};
use futures_util::future::join_all;
use http_body_util::BodyExt;
use serde_json::{Value, json};

async fn daemon_with(arguments: &[&str]) -> Daemon {
    let daemon = Daemon::start().await;
    push(&daemon, arguments).await;
    daemon
}

async fn push(daemon: &Daemon, arguments: &[&str]) {
    let program = path("function");
    let printed = match arguments {
        [] => daemon.run(&["push", &program, "--lambda"]).await,
        [one, two] => daemon.run(&["push", &program, "--lambda", one, two]).await,
        _ => unreachable!(),
    };
    assert_eq!(printed.code, 0, "{printed:?}");
}

async fn json_of(daemon: &Daemon, path: &str) -> Value {
    let (status, text) = daemon.get(path).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_function_answers_stays_warm_and_goes() {
    let daemon = daemon_with(&["--keep-alive", "1"]).await;
    let first = json_of(&daemon, "/function/a/b?c").await;
    assert_eq!(first["path"], "/a/b");
    let second = json_of(&daemon, "/function").await;
    assert_eq!(second["path"], "/");
    assert_eq!(first["pid"], second["pid"], "one process for both");
    let id = daemon.printed("function", "own").await;
    until("its end", || (!runs(id)).then_some(())).await;
    let remotes = daemon.remotes();
    until_seen("no process in the list", async || {
        let listed = remotes.apps().list().await.unwrap();
        (listed.apps[0].processes == 0).then_some(())
    })
    .await;
    assert_eq!(daemon.runs(["list"]).await, " • function - dead\n");
    // And it wakes.
    let third = json_of(&daemon, "/function").await;
    assert_ne!(first["pid"], third["pid"]);
}

#[tokio::test]
async fn events_that_come_together_have_a_process_each_and_no_more_than_there_may_be() {
    let daemon = daemon_with(&[]).await;
    let calls = join_all((0..25).map(|_| json_of(&daemon, "/function/wait")));
    let go = async {
        until("ten at work", || {
            (daemon.log("function").matches(" waits").count() == 10).then_some(())
        })
        .await;
        daemon.give("function", "go");
    };
    let (answers, ()) = tokio::join!(calls, go);
    let mut ids: Vec<i64> = answers
        .iter()
        .map(|answer| answer["pid"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((answers.len(), ids.len()), (25, 10));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let daemon = daemon_with(&[]).await;
    let (status, text) = daemon.get("/function/fail").await;
    assert_eq!(
        (status, text.as_str()),
        (502, "the function failed: NoLuck: no luck\n")
    );
    let (status, text) = daemon.get("/function/end").await;
    assert_eq!(status, 502);
    assert!(text.contains("exit code 5"), "{text}");
    let (status, text) = daemon.get("/function/large").await;
    assert_eq!(status, 502);
    assert!(text.contains("Function.ResponseSizeTooLarge"), "{text}");
    until("what the function hears", || {
        daemon.log("function").contains(" status 413").then_some(())
    })
    .await;
    let (status, text) = daemon.get("/function/largest").await;
    assert_eq!((status, text.len()), (200, 6 * 1024 * 1024 + 98));
    // None has any effect on the next.
    assert_eq!(json_of(&daemon, "/function/ok").await["path"], "/ok");
}

#[tokio::test]
async fn a_function_that_cannot_start_is_not_gone_over_to() {
    let daemon = daemon_with(&[]).await;
    for (why, part) in [
        ("cannot-start", "NoDatabase: no database"),
        ("ends", "exit code 3"),
    ] {
        let failed = daemon
            .run(&["push", &path("function"), "--lambda", "--", why])
            .await;
        assert_eq!(failed.code, 1, "{failed:?}");
        assert!(failed.err.contains(part), "{}", failed.err);
        assert_eq!(json_of(&daemon, "/function").await["version"], "1");
    }
}

#[tokio::test]
async fn the_runtime_api_tells_what_aws_tells() {
    let daemon = daemon_with(&[]).await;
    let told = json_of(&daemon, "/function/context").await;
    let deadline: u128 = told["deadline"].as_str().unwrap().parse().unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    assert!(
        (now..now + 31_000).contains(&deadline),
        "{deadline} at {now}"
    );
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:function";
    assert_eq!(told["arn"], arn);
    assert!(told["trace"].as_str().unwrap().starts_with("Root=1-"));
    let environment = &told["environment"];
    assert_eq!(environment["_HANDLER"], "function");
    let address = environment["AWS_LAMBDA_RUNTIME_API"].as_str().unwrap();
    assert!(
        address.parse::<std::net::SocketAddr>().is_ok(),
        "{address}: neither scheme nor path"
    );
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "function");
    assert_eq!(environment["TZ"], ":UTC");
}

#[tokio::test]
async fn the_runtime_api_refuses_what_makes_no_sense() {
    let daemon = daemon_with(&[]).await;
    let told = json_of(&daemon, "/function/wrong").await;
    let statuses: Vec<&Value> = (0..4).map(|index| &told[index][0]).collect();
    assert_eq!(json!(statuses), json!([403, 400, 404, 403]));
    for (index, kind) in [
        "InvalidStateTransition",
        "InvalidRequestID",
        "NotFound",
        "InvalidStateTransition",
    ]
    .iter()
    .enumerate()
    {
        let body = told[index][1].as_str().unwrap();
        assert!(body.contains(kind), "{body}");
    }
}

#[tokio::test]
async fn what_a_function_says_of_its_answers_length_is_not_believed() {
    let daemon = daemon_with(&[]).await;
    let answer = daemon.open("/function/short").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-own"], "1");
    assert!(answer.headers().get("transfer-encoding").is_none());
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "more than three bytes");
    let (status, text) = daemon.get("/function/switch").await;
    assert_eq!(status, 502, "{text}");
}

#[tokio::test]
async fn lines_say_which_event_they_are_about() {
    let daemon = daemon_with(&[]).await;
    daemon
        .runs(["invoke", "function", r#"{"rawPath": "/print"}"#])
        .await;
    let lines = daemon.runs(["logs", "function", "--json"]).await;
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let about = lines.into_iter().find(|line| line["text"] == "about it");
    let about = until("the line", || about.clone()).await;
    assert_eq!(about["requestId"].as_str().unwrap().len(), 36, "{about}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to() {
    let daemon = daemon_with(&[]).await;
    for path in ["/function/stream-and-end", "/function/stream-and-fail"] {
        let (head, mut body) = daemon.open(path).await.into_parts();
        assert_eq!(head.status, 201, "{path}");
        daemon.give("function", "go");
        let mut read = Vec::new();
        let ended = loop {
            match body.frame().await {
                Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap()),
                ended => break ended,
            }
        };
        assert_eq!(read, b"papart", "{path}");
        assert!(matches!(ended, Some(Err(_))), "{path}");
    }
    let whole = daemon.get("/function/stream-without-head").await;
    assert_eq!(whole, (200, "part".to_owned()));
}

#[tokio::test]
async fn a_new_version_leaves_the_old_one_time_for_what_it_has() {
    let daemon = daemon_with(&[]).await;
    let waiting = json_of(&daemon, "/function/wait");
    let pushing = async {
        until("an event", || {
            daemon.log("function").contains("waits").then_some(())
        })
        .await;
        let using = async {
            until_seen("the second version", async || {
                let answer = json_of(&daemon, "/function").await;
                (answer["version"] == "2").then_some(())
            })
            .await;
            daemon.give("function", "go");
        };
        tokio::join!(push(&daemon, &[]), using)
    };
    let (waited, _) = tokio::join!(waiting, pushing);
    assert!(waited["pid"].as_i64().is_some());
}

#[tokio::test]
async fn where_others_are_busy_a_start_that_failed_is_tried_again() {
    let daemon = daemon_with(&[]).await;
    let remotes = daemon.remotes();
    let busy = json_of(&daemon, "/function/wait");
    let test = async {
        until("one at work", || {
            daemon.log("function").contains(" waits\n").then_some(())
        })
        .await;
        daemon.give("function", "no-database");
        let second = json_of(&daemon, "/function");
        let recovers = async {
            until_seen("a start that failed", async || {
                let app = remotes.apps().list().await.unwrap().apps.remove(0);
                app.reason.contains("no database").then_some(())
            })
            .await;
            std::fs::remove_file(daemon.folder.path().join("apps/function/no-database")).unwrap();
        };
        let (second, ()) = tokio::join!(second, recovers);
        daemon.give("function", "go");
        second
    };
    let (busy, second) = tokio::join!(busy, test);
    assert_ne!(busy["pid"], second["pid"]);
}

/// Lists of apps are for all of them: one that says much of itself takes no room of others.
#[tokio::test]
async fn of_what_a_function_says_as_it_fails_to_start_the_beginning_is_told() {
    let daemon = daemon_with(&[]).await;
    daemon.get("/function/end").await;
    let why = daemon.folder.path().join("apps/function/no-database");
    // What is longer than it may be is not taken at all, and its process ends by itself.
    for (length, part) in [("100000", "éééé"), ("1000000", "exit code 1")] {
        std::fs::write(&why, length).unwrap();
        let (answer, _) = daemon.get("/function").await;
        assert_eq!(answer, 503);
        let app = &daemon.remotes().apps().list().await.unwrap().apps[0];
        assert!(app.reason.contains(part), "{}", app.reason);
        assert!(app.reason.len() <= 4 * 1024, "{}", app.reason.len());
    }
}
