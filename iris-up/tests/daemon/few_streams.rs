//! Apps that say what they serve and let a connection have fewer calls at once than the gateway would
//! (SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113, section 6.5.2): more of them wait, and none is refused.

use crate::support::{Daemon, PATIENCE, path};
use crate::typed::{call, call_once, framed, seconds_of};
use futures_util::future::join_all;
use http_body_util::BodyExt;
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

#[tokio::test]
async fn a_call_waits_where_all_are_taken_and_goes_on_once_one_has_ended() {
    let daemon = daemon().await;
    let mut held = Vec::new();
    for _ in 0..STREAMS {
        held.push(call(&daemon, ALL_LATER).await);
    }
    let calls = join_all((0..20).map(|seconds| call_once(&daemon, LATER, seconds)));
    let ending = async {
        let (times, response) = held.pop().unwrap();
        let mut body = response.into_body();
        times.send(framed(1)).await.unwrap();
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(seconds_of(frame.into_data().unwrap()), 2);
        drop(times);
        while body.frame().await.is_some() {}
    };
    let done = timeout(PATIENCE, async { tokio::join!(calls, ending) }).await;
    let (answers, ()) = done.expect("they wait for ever");
    for (seconds, answer) in (0..).zip(answers) {
        assert_eq!(answer, (seconds + 1, "0".to_owned()));
    }
    // The others have been under way all the time.
    for (times, response) in held {
        times.send(framed(5)).await.unwrap();
        let frame = response.into_body().frame().await.unwrap().unwrap();
        assert_eq!(seconds_of(frame.into_data().unwrap()), 6);
    }
}
