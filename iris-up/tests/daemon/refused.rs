//! A process at whose port nothing listens any more, before the daemon knows that it has ended.

use crate::support::{Daemon, PATIENCE, path, until, within};
use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

fn kill(id: i32) {
    kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
}

/// A daemon with an app that has closed its port, and the id of its process.
async fn closed() -> (Daemon, i32) {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let own = daemon.printed("resident", "own").await;
    assert_eq!(daemon.get("/resident/close").await.0, 200);
    until("the end of its port", || {
        daemon
            .log("resident")
            .contains(" out closed\n")
            .then_some(())
    })
    .await;
    (daemon, own)
}

#[tokio::test]
async fn calls_that_no_process_took_wait_for_the_next() {
    let (daemon, own) = closed().await;
    let calls = async {
        let gets = join_all((0..5).map(|_| daemon.get("/resident")));
        let post = daemon.post("/resident/echo", "sent once");
        // It goes on by HTTP/2.
        let grpc = Request::post("/resident/echo").header("content-type", "application/grpc");
        let grpc = daemon.send(grpc.body(Bytes::from_static(b"sent, too")).unwrap());
        tokio::join!(gets, post, grpc)
    };
    let mut calls = Box::pin(calls);
    let waiting = timeout(Duration::from_millis(300), &mut calls).await;
    assert!(waiting.is_err(), "{waiting:?}");
    kill(own);
    let (gets, post, grpc) = within("the next process", calls).await;
    for got in gets {
        assert_eq!(got, (200, "version 1".to_owned()));
    }
    assert_eq!(post, (200, Bytes::from_static(b"sent once")));
    assert_eq!(
        (grpc.status().as_u16(), &grpc.body()[..]),
        (200, &b"sent, too"[..])
    );
}

#[tokio::test]
async fn calls_go_on_once_an_app_has_opened_its_port_again() {
    let (daemon, own) = closed().await;
    let mut calls = Box::pin(join_all((0..3).map(|_| daemon.get("/resident/own"))));
    let waiting = timeout(Duration::from_millis(300), &mut calls).await;
    assert!(waiting.is_err(), "{waiting:?}");
    daemon.give("resident", "open");
    for got in within("its port", calls).await {
        assert_eq!(got, (200, own.to_string()));
    }
}

/// How many callers there are, and how many processes are killed below them.
const CALLERS: usize = 4;
const KILLS: usize = 3;

#[tokio::test]
async fn a_process_that_is_killed_costs_no_more_than_the_calls_that_it_has() {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("resident")]).await;
    let ends = Arc::new(AtomicBool::new(false));
    let callers = (0..CALLERS).map(|_| {
        let ends = ends.clone();
        let url = format!("{}/resident", daemon.url);
        tokio::spawn(async move {
            let (mut answered, mut failed) = (0, Vec::new());
            while !ends.load(Ordering::Relaxed) {
                match crate::support::get(&url).await {
                    (200, _) => answered += 1,
                    other => failed.push(other),
                }
            }
            (answered, failed)
        })
    });
    let callers: Vec<_> = callers.collect();
    for _ in 0..KILLS {
        let (_, own) = daemon.get("/resident/own").await;
        kill(own.parse().unwrap());
        let again = async {
            loop {
                let (status, now) = daemon.get("/resident/own").await;
                if status == 200 && now != own {
                    return;
                }
            }
        };
        within("the next process", again).await;
    }
    ends.store(true, Ordering::Relaxed);
    let mut all_failed = Vec::new();
    for caller in callers {
        let (answered, failed) = timeout(PATIENCE, caller).await.unwrap().unwrap();
        assert!(answered > 0);
        all_failed.extend(failed);
    }
    // One call of each may have been under way, each time, or have taken a connection whose end had not come yet.
    assert!(all_failed.len() <= KILLS * CALLERS, "{all_failed:?}");
}

#[tokio::test]
async fn calls_are_answered_where_an_app_does_not_open_its_port_again() {
    let (daemon, own) = closed().await;
    let (status, why) = daemon.get("/resident").await;
    assert_eq!(status, 502);
    assert!(why.contains("nothing listens"), "{why}");
    // They have one time together, and not one after another.
    let calls = join_all((0..20).map(|_| {
        let grpc = Request::post("/resident/echo").header("content-type", "application/grpc");
        daemon.send(grpc.body(Bytes::new()).unwrap())
    }));
    for answer in timeout(Duration::from_secs(20), calls).await.unwrap() {
        assert_eq!(answer.status(), 502);
    }
    kill(own);
}
