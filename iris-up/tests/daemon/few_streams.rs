//! Apps that say what they serve and let a connection have fewer calls at once than the gateway would
//! (SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113, section 6.5.2): more of them wait, and none is refused.

use crate::support::{Daemon, PATIENCE, path};
use crate::typed::{call, call_once, framed, seconds_of};
use futures_util::future::join_all;
use http_body_util::BodyExt;
use std::time::Duration;
use tokio::time::timeout;

/// How many calls a connection may have.
const STREAMS: usize = 4;

/// Many more than that, and more than the gateway gives to one connection.
const CALLS: i64 = 150;

const LATER: &str = "/clock.v1.Clock/Later";
const ALL_LATER: &str = "/clock.v1.Clock/AllLater";

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    let streams = STREAMS.to_string();
    let program = path("typed");
    daemon.runs(["push", &program, "--", &streams]).await;
    daemon
}

#[tokio::test]
async fn calls_that_come_at_once_are_all_answered() {
    let daemon = daemon().await;
    for _ in 0..3 {
        // The first of them find a connection of which nothing is known yet.
        let calls = (0..CALLS).map(|seconds| call_once(&daemon, LATER, seconds));
        let answers = timeout(PATIENCE, join_all(calls)).await;
        for (seconds, answer) in (0..CALLS).zip(answers.expect("they wait for ever")) {
            assert_eq!(answer, (seconds + 1, "0".to_owned()));
        }
        // By Connect they are requests as others.
        let request = || {
            let request = http::Request::post(LATER).header("content-type", "application/json");
            request.body(r#""2026-01-01T00:00:00Z""#.into()).unwrap()
        };
        let calls = (0..CALLS).map(|_| daemon.send(request()));
        let answers = timeout(PATIENCE, join_all(calls)).await;
        for answer in answers.expect("they wait for ever") {
            assert_eq!(answer.status(), 200, "{answer:?}");
        }
        daemon.runs(["restart", "typed"]).await;
    }
}

/// How many connections the gateway has at most.
const CONNECTIONS: usize = 32;

/// Who holds them is anybody, and their callers are others.
#[tokio::test]
async fn calls_that_do_not_end_hold_up_no_others_while_there_may_be_more_connections() {
    let daemon = daemon().await;
    let mut held = Vec::new();
    for _ in 0..10 * STREAMS {
        held.push(call(&daemon, ALL_LATER).await);
    }
    let answer = timeout(PATIENCE, call_once(&daemon, LATER, 1)).await;
    assert_eq!(answer.expect("it is held up"), (2, "0".to_owned()));
}

#[tokio::test]
async fn a_call_waits_where_all_are_taken_and_goes_on_once_one_has_ended() {
    let daemon = daemon().await;
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS * STREAMS {
        held.push(call(&daemon, ALL_LATER).await);
    }
    // One for each connection: which of them ends a call is not to be known.
    let seconds = 0..i64::try_from(CONNECTIONS).unwrap();
    let calls = join_all(seconds.map(|seconds| call_once(&daemon, LATER, seconds)));
    let mut calls = Box::pin(calls);
    let waiting = timeout(Duration::from_millis(300), &mut calls).await;
    assert!(waiting.is_err(), "{waiting:?}");
    // All of them end but one.
    let (times, response) = held.pop().unwrap();
    drop(held);
    let done = timeout(PATIENCE, calls).await;
    for (seconds, answer) in (0..).zip(done.expect("they wait for ever")) {
        assert_eq!(answer, (seconds + 1, "0".to_owned()));
    }
    // That one has been under way all the time.
    let mut body = response.into_body();
    times.send(framed(5)).await.unwrap();
    let frame = body.frame().await.unwrap().unwrap();
    assert_eq!(seconds_of(frame.into_data().unwrap()), 6);
}
