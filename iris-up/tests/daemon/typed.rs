//! Apps that say what they serve, called at the box's own address.

use crate::support::{Daemon, PATIENCE, path};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::stream;
use http::{Request, Response, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use iris_up_client::messages::iris::up::v1::State;
use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet, Timestamp};
use rustix::process::Signal;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;

async fn daemon() -> Daemon {
    let daemon = Daemon::start().await;
    daemon.runs(["push", &path("typed")]).await;
    daemon
}

/// A message as gRPC frames it.
pub(crate) fn framed(seconds: i64) -> Bytes {
    let time = Timestamp { seconds, nanos: 0 };
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(time.encoded_len()).unwrap());
    time.encode(&mut frame).unwrap();
    frame.freeze()
}

pub(crate) fn seconds_of(mut frame: Bytes) -> i64 {
    frame.advance(5);
    Timestamp::decode(frame).unwrap().seconds
}

/// A call by HTTP/2, whose messages are sent as they come.
pub(crate) async fn call(daemon: &Daemon, path: &str) -> (mpsc::Sender<Bytes>, Response<Incoming>) {
    let (sender, messages) = mpsc::channel(8);
    let frames = stream::unfold(messages, async |mut messages| {
        let message = messages.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(message)), messages))
    });
    let frames = Box::pin(frames);
    let client = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let request = Request::post(format!("{}{path}", daemon.url))
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let response = client
        .request(request.body(StreamBody::new(frames)).unwrap())
        .await
        .unwrap();
    (sender, response)
}

#[tokio::test]
async fn an_app_says_what_it_serves() {
    let daemon = daemon().await;
    let status = daemon.runs(["status", "typed"]).await;
    assert!(
        status.contains("   serves     clock.v1.Clock\n"),
        "{status}"
    );
    let file = daemon.folder.path().join("typed.binpb");
    daemon
        .runs(["descriptors", "typed", "--out", file.to_str().unwrap()])
        .await;
    let set = FileDescriptorSet::decode(&std::fs::read(file).unwrap()[..]).unwrap();
    let names: Vec<&str> = set.file.iter().map(FileDescriptorProto::name).collect();
    assert_eq!(
        names,
        ["google/protobuf/timestamp.proto", "clock/v1/clock.proto"]
    );
    // Others are not asked, and say nothing.
    daemon.runs(["push", &path("resident")]).await;
    let nothing = daemon
        .run(&["descriptors", "resident", "--out", "/dev/null"])
        .await;
    assert!(
        nothing.err.contains("does not say what it serves"),
        "{}",
        nothing.err
    );
}

#[tokio::test]
async fn its_services_are_called_at_the_boxs_address_and_below_its_name() {
    let daemon = daemon().await;
    for prefix in ["", "/typed"] {
        let path = format!("{prefix}/clock.v1.Clock/Later");
        let request = Request::post(&path).header("content-type", "application/json");
        let body = Bytes::from_static(br#""2026-01-01T00:00:00Z""#);
        let answer = daemon.send(request.body(body).unwrap()).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        assert_eq!(answer.body(), r#""2026-01-01T00:00:01Z""#);

        let request = Request::post(&path).header("content-type", "application/grpc-web+proto");
        let answer = daemon.send(request.body(framed(41)).unwrap()).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        let (message, trailers) = answer.body().split_at(framed(42).len());
        assert_eq!(seconds_of(Bytes::copy_from_slice(message)), 42);
        assert!(
            String::from_utf8_lossy(trailers).contains("grpc-status: 0"),
            "{trailers:?}"
        );

        let answer = call_once(&daemon, &path, 41).await;
        assert_eq!(answer, (42, "0".to_owned()));
    }
}

/// What a call in gRPC answers, and its status.
pub(crate) async fn call_once(daemon: &Daemon, path: &str, seconds: i64) -> (i64, String) {
    let frames = StreamBody::new(stream::iter([Ok::<_, Infallible>(Frame::data(framed(
        seconds,
    )))]));
    let client = Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http();
    let request = Request::post(format!("{}{path}", daemon.url))
        .version(Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let response = client.request(request.body(frames).unwrap()).await.unwrap();
    let collected = response.into_body().collect().await.unwrap();
    let status = collected.trailers().unwrap()["grpc-status"]
        .to_str()
        .unwrap()
        .to_owned();
    (seconds_of(collected.to_bytes()), status)
}

#[tokio::test]
async fn both_ends_of_a_stream_may_speak_at_once() {
    let daemon = daemon().await;
    let (sender, response) = call(&daemon, "/clock.v1.Clock/AllLater").await;
    let mut body = response.into_body();
    for second in 0..3 {
        sender.send(framed(second)).await.unwrap();
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(seconds_of(frame.into_data().unwrap()), second + 1);
    }
    drop(sender);
    let trailers = body
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_trailers()
        .unwrap();
    assert_eq!(trailers["grpc-status"], "0");
}

#[tokio::test]
async fn a_service_is_called_at_the_app_that_served_it_first() {
    let daemon = daemon().await;
    daemon
        .runs(["push", &path("typed"), "--name", "a-first-by-name"])
        .await;
    let log = daemon.log("a-first-by-name");
    assert!(
        log.contains("clock.v1.Clock is called at the app typed, which served it first"),
        "{log}"
    );
    daemon.runs(["kill", "typed"]).await;
    let call = async || {
        let request =
            Request::post("/clock.v1.Clock/Later").header("content-type", "application/json");
        let body = Bytes::from_static(br#""2026-01-01T00:00:00Z""#);
        daemon
            .send(request.body(body).unwrap())
            .await
            .status()
            .as_u16()
    };
    assert_eq!(call().await, 503, "it is nobody else's while it is killed");
    daemon.runs(["remove", "typed"]).await;
    assert_eq!(call().await, 200, "it is another's from here on");
}

#[tokio::test]
async fn what_a_version_serves_that_was_tried_is_called_once_it_is_the_apps() {
    let daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("resident"), "--name", "typed"])
        .await;
    daemon
        .runs(["push", &path("typed"), "--traffic", "10"])
        .await;
    let path = "/clock.v1.Clock/Later";
    let request = || {
        let request = Request::post(path).header("content-type", "application/json");
        let body = Bytes::from_static(br#""2026-01-01T00:00:00Z""#);
        request.body(body).unwrap()
    };
    assert_eq!(daemon.send(request()).await.status(), 404);
    daemon.runs(["traffic", "typed", "100"]).await;
    assert_eq!(daemon.send(request()).await.status(), 200);
}

/// How long an app has nothing to do before it sleeps.
const IDLE: &str = "0.2";

#[tokio::test]
async fn an_app_that_sleeps_is_woken_by_whoever_calls_it_or_asks_what_it_serves() {
    let mut daemon = Daemon::start().await;
    daemon
        .runs(["push", &path("typed"), "--idle-timeout", IDLE])
        .await;
    let asleep = async |daemon: &Daemon| {
        let apps = daemon.remotes();
        let asleep = async {
            while apps.apps().list().await.unwrap().apps[0].state() != State::Asleep {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let asleep = tokio::time::timeout(PATIENCE, asleep).await;
        asleep.expect("it does not sleep");
    };
    asleep(&daemon).await;
    assert_eq!(
        call_once(&daemon, "/clock.v1.Clock/Later", 41).await,
        (42, "0".to_owned()),
        "by gRPC"
    );
    asleep(&daemon).await;
    let request = Request::post("/clock.v1.Clock/Later").header("content-type", "application/json");
    let body = Bytes::from_static(br#""2026-01-01T00:00:00Z""#);
    let answer = daemon.send(request.body(body).unwrap()).await;
    assert_eq!(answer.body(), r#""2026-01-01T00:00:01Z""#, "by Connect");

    // A daemon that has not asked it yet.
    daemon.restart_by(Signal::KILL).await;
    asleep(&daemon).await;
    let status = daemon.runs(["status", "typed"]).await;
    assert!(status.contains("serves     clock.v1.Clock\n"), "{status}");
    let file = daemon.folder.path().join("typed.binpb");
    daemon
        .runs(["descriptors", "typed", "--out", file.to_str().unwrap()])
        .await;
    let set = FileDescriptorSet::decode(&std::fs::read(file).unwrap()[..]).unwrap();
    assert_eq!(set.file.len(), 2);
}

#[tokio::test]
async fn what_no_app_serves_is_not_found() {
    let daemon = daemon().await;
    let request = Request::post("/clock.v2.Clock/Later").header("content-type", "application/json");
    let answer = daemon
        .send(request.body(Bytes::from_static(b"{}")).unwrap())
        .await;
    assert_eq!(answer.status(), 404, "{answer:?}");
}

#[tokio::test]
async fn an_app_has_a_host_name_of_its_own() {
    let daemon = Daemon::start_with(&["--domain", "box.example"]).await;
    daemon.runs(["push", &path("resident")]).await;
    for (host, path, status) in [
        ("resident.box.example", "/headers", 200),
        ("RESIDENT.box.example:2374", "/headers", 200),
        ("other.box.example", "/headers", 404),
        ("box.example", "/resident/headers", 200),
        ("a.resident.box.example", "/resident/headers", 200),
        ("residentbox.example", "/headers", 404),
    ] {
        let request = Request::get(path).header("host", host);
        let answer = daemon.send(request.body(Bytes::new()).unwrap()).await;
        assert_eq!(answer.status(), status, "{host}{path}");
        if host.starts_with("resident.") {
            let text = String::from_utf8_lossy(answer.body()).into_owned();
            assert!(text.starts_with("GET /headers\n"), "{text}");
            assert!(!text.contains("x-forwarded-prefix"), "{text}");
        }
    }
}

/// More than a server lets one connection have. Who holds them is anybody, and their callers are others.
#[tokio::test]
async fn calls_that_do_not_end_hold_up_no_others() {
    let daemon = daemon().await;
    let answered = async {
        let mut held = Vec::new();
        for _ in 0..250 {
            held.push(call(&daemon, "/clock.v1.Clock/AllLater").await);
        }
        let (times, response) = call(&daemon, "/clock.v1.Clock/AllLater").await;
        times.send(framed(1)).await.unwrap();
        let frame = response.into_body().frame().await.unwrap().unwrap();
        seconds_of(frame.into_data().unwrap())
    };
    let answered = tokio::time::timeout(PATIENCE, answered).await;
    assert_eq!(answered.expect("it is held up"), 2);
}
