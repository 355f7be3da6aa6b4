//! An app that takes connections by HTTP/2 and says nothing on them.

use crate::support::{Daemon, path, until};
use bytes::Bytes;
use http::{Request, Response};
use std::time::{Duration, Instant};

/// How long the gateway lets a process take to say how many calls a connection may have.
const GREETING: Duration = Duration::from_secs(5);

/// A call, which goes on by HTTP/2 since it is gRPC.
async fn call(daemon: &Daemon, path: &str) -> Response<Bytes> {
    let request = Request::post(path).header("content-type", "application/grpc");
    daemon.send(request.body(Bytes::new()).unwrap()).await
}

#[tokio::test]
async fn what_has_room_in_one_connection_does_not_wait_for_another_that_is_silent() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("silent")]).await;
    let said = |what: &str| {
        let line = format!(" out {what}\n");
        daemon.log("silent").contains(&line).then_some(())
    };
    let test = async {
        until("the first call", || said("waits")).await;
        // The only call that the first connection may have is taken.
        let second = call(&daemon, "/silent/second");
        let rest = async {
            until("another connection", || said("connection 2")).await;
            let begun = Instant::now();
            let waiting = call(&daemon, "/silent/third");
            let ended = async {
                daemon.give("silent", "go");
                call(&daemon, "/silent/fourth").await
            };
            let (third, fourth) = tokio::join!(waiting, ended);
            assert_eq!(third.status(), 200, "{third:?}");
            assert_eq!(fourth.status(), 200, "{fourth:?}");
            begun.elapsed()
        };
        tokio::select! {
            second = second => panic!("a connection that is silent answered: {second:?}"),
            took = rest => took,
        }
    };
    let (first, took) = tokio::join!(call(&daemon, "/silent/wait"), test);
    assert_eq!(first.status(), 200);
    assert!(took < GREETING * 4 / 5, "they waited for it: {took:?}");
}
