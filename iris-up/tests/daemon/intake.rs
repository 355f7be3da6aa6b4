//! What is sent to functions and not yet with them: bounded for all of them together, by whichever door it comes.

use crate::support::{Daemon, PATIENCE, path, until};
use bytes::Bytes;
use iris_up_client::ErrorCode;
use iris_up_client::messages::iris::up::v1::{EnqueueRequest, InvokeRequest};
use serde_json::{Value, json};
use std::time::Instant;
use tokio::task::JoinSet;

/// As long as a bit less than the 26th part of what there is room for: 128 MiB, counted in KiB.
const LENGTH: usize = 5040 * 1024;
const FIT: usize = 26;

/// Each has as many of them as may wait for one function, 64 MiB, and no process for them.
const FUNCTIONS: [&str; 3] = ["one", "two", "three"];
const EACH: usize = 12;

const REFUSED: &str = "there is no room for the event: too much is on its way to functions";

/// An event of so many bytes.
fn event(length: usize) -> Bytes {
    let mut event = json!({ "rawPath": "/ok" }).to_string();
    event.extend(std::iter::repeat_n(' ', length - event.len()));
    event.into()
}

#[tokio::test]
async fn events_by_the_control_api_take_room_as_those_by_other_doors_do() {
    let daemon = Daemon::start().await;
    let mut busy = JoinSet::new();
    for name in FUNCTIONS {
        let program = path("function");
        let arguments = ["push", &program, "-L", "--name", name];
        let arguments = [&arguments[..], &["--max-processes", "1"]].concat();
        let pushed = daemon.run(&arguments).await;
        assert_eq!(pushed.code, 0, "{pushed:?}");
        busy.spawn(daemon.get_owned(&format!("/{name}/wait")));
        until("a request", || {
            daemon.log(name).contains(" waits").then_some(())
        })
        .await;
    }
    let functions = daemon.remotes().functions();
    let (large, small) = (event(LENGTH), event(100_000));
    let mut invoking = JoinSet::new();
    for name in FUNCTIONS.iter().cycle().take(EACH * FUNCTIONS.len()) {
        let request = InvokeRequest {
            name: (*name).to_owned(),
            event: large.clone(),
        };
        let functions = functions.clone();
        invoking.spawn(async move { functions.invoke(request).await });
    }
    // Those that fit wait for a process.
    for _ in FIT..EACH * FUNCTIONS.len() {
        let refused = invoking.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(refused.code, ErrorCode::NoRoomForEvent, "{refused}");
        assert_eq!(refused.internal_message, REFUSED);
    }
    assert!(invoking.try_join_next().is_none());
    // The room is that of all doors.
    let request = EnqueueRequest {
        name: "one".to_owned(),
        event: small.clone(),
        delay: None,
    };
    let refused = functions.enqueue(request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NoRoomForEvent, "{refused}");
    let (status, text) = daemon.post("/one/ok", small.clone()).await;
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!((status, text.trim_end()), (503, REFUSED));
    let amazons = "/2015-03-31/functions/one/invocations";
    let (status, told) = daemon.post(amazons, small.clone()).await;
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!((status, &told["Message"]), (429, &json!(REFUSED)));

    // Whoever goes away gives his room back.
    invoking.shutdown().await;
    for name in FUNCTIONS {
        daemon.give(name, "go");
    }
    for answer in busy.join_all().await {
        assert_eq!(answer.0, 200, "{}", answer.1);
    }
    let begun = Instant::now();
    while daemon.post(amazons, small.clone()).await.0 != 200 {
        assert!(begun.elapsed() < PATIENCE, "there is no room again");
    }
}
