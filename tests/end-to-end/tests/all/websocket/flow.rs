//! Flow control: what a slow reader and a slow procedure make the other side hold.

use super::speaker::{Speaker, call, envelope};
use super::{COUNT, ECHO, FETCH, JSON, STREAM};
use crate::hostile::server;
use crate::others::{Fetched, Others};
use bytes::Bytes;
use end_to_end::messages::testing::v1::Number;
use iris_core::wire::websocket::{Frame, Reset, WINDOW};
use iris_core::{HttpServer, Iris, IrisError, Request, Running, Streaming, remote};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::Notify;

/// A stream of answers without end, so to say.
async fn count(speaker: &mut Speaker, stream: u32) {
    speaker
        .head(stream, COUNT, &[("content-type", STREAM)])
        .await;
    let range = r#"{"from":0,"to":1000000000,"failAt":-1}"#;
    speaker.message(stream, range).await;
    speaker.end(stream).await;
}

#[tokio::test]
async fn who_does_not_read_holds_the_procedure_back() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await.without_reading();
    count(&mut speaker, 1).await;
    let whole = WINDOW as usize;
    speaker.until(1, |answer| answer.body.len() >= whole).await;
    // Whatever the procedure can still do, it has done once other calls were answered.
    for stream in 2..50 {
        assert_eq!(speaker.call(stream, FETCH, "{}").await.status, Some(200));
    }
    let answer = speaker.until(1, |_| true).await.clone();
    assert_eq!(answer.body.len(), whole, "no more than the window");
    let produced = server.probe.calls.load(Ordering::SeqCst) as usize;
    // The shortest message has 17 bytes with its envelope: `{"number":"0"}`. A stream runs 16 KiB ahead, twice.
    assert!(produced <= (whole + 2 * 16 * 1024) / 17 + 1, "{produced}");
    // Exactly as much again as was given.
    speaker
        .say(Frame::Window {
            stream: 1,
            more: 1000,
        })
        .await;
    speaker
        .until(1, |answer| answer.body.len() >= whole + 1000)
        .await;
    speaker.meet().await;
    let answer = speaker.until(1, |_| true).await;
    assert_eq!(answer.body.len(), whole + 1000);
    speaker.reset(1).await;
    others.were_served().await;
}

#[tokio::test]
async fn a_large_answer_waits_for_its_reader() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await.without_reading();
    let length = 1_000_000;
    speaker
        .head(
            1,
            "/testing.v1.Shapes/Blob",
            &[("content-type", "application/proto")],
        )
        .await;
    speaker.data(1, &b"\x08\xc0\x84\x3d"[..]).await;
    speaker.end(1).await;
    speaker
        .until(1, |answer| answer.body.len() >= WINDOW as usize)
        .await;
    assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
    speaker
        .say(Frame::Window {
            stream: 1,
            more: 2_000_000,
        })
        .await;
    let answer = speaker.answer(1).await;
    let overhead = answer.body.len() - length;
    assert!((1..10).contains(&overhead), "{overhead}");
}

#[tokio::test]
async fn one_stream_that_is_not_read_holds_no_other_up() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await.without_reading();
    for stream in 1..=20 {
        count(&mut speaker, stream).await;
    }
    for stream in 1..=20 {
        let whole = WINDOW as usize;
        speaker
            .until(stream, |answer| answer.body.len() >= whole)
            .await;
    }
    assert_eq!(speaker.call(100, FETCH, "{}").await.status, Some(200));
    others.were_served().await;
}

/// A procedure that reads when the test says so.
struct Slow(Arc<Notify>);

#[remote(package = "testing.v1")]
impl Slow {
    #[procedure]
    async fn sum(&self, _: &Request, mut numbers: Streaming<Number>) -> Result<Number, IrisError> {
        let mut sum = 0;
        self.0.notified().await;
        while let Some(number) = numbers.next().await {
            sum += number?.number;
        }
        Ok(Number { number: sum })
    }
}

async fn slow() -> (Running, Arc<Notify>, Speaker) {
    let read = Arc::new(Notify::new());
    let running = Iris::without_context()
        .add_remote(Slow(read.clone()))
        .add_remote(Fetched)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let speaker = Speaker::connect(running.addresses()[0].tcp().unwrap()).await;
    (running, read, speaker)
}

const SLOW: &str = "/testing.v1.Slow/Sum";

/// Messages that fill the window of a stream to the last byte, and their sum.
fn full_window(stream: u32) -> (Vec<Frame>, i64) {
    let message = envelope(r#"{"number":"1" }"#);
    assert_eq!(message.len(), 20);
    let count = WINDOW as usize / message.len();
    let rest = WINDOW as usize - message.len() * count;
    let last = format!(r#"{{"number":"1"{} }}"#, " ".repeat(rest));
    let bytes = [message.repeat(count - 1), envelope(&last).to_vec()].concat();
    assert_eq!(bytes.len(), WINDOW as usize);
    let pieces = bytes.chunks(65_536).map(|data| Frame::Data {
        stream,
        data: data.to_vec().into(),
    });
    (pieces.collect(), count as i64)
}

#[tokio::test]
async fn a_procedure_that_does_not_read_holds_its_caller_back() {
    let (running, read, mut speaker) = slow().await;
    let mut others = Others::of(&running).await;
    speaker.head(1, SLOW, &[("content-type", STREAM)]).await;
    let (window, sum) = full_window(1);
    speaker.say_all(window.clone()).await;
    others.are_served().await;
    // Other calls are answered meanwhile, and nothing is given back.
    for stream in 2..50 {
        let missing = speaker.call(stream, "/testing.v1.Slow/Nothing", "{}").await;
        assert_eq!(missing.status, Some(404));
    }
    assert_eq!(speaker.given(1), 0);
    read.notify_one();
    speaker.until(1, |answer| answer.given == WINDOW).await;
    speaker.say_all(window).await;
    speaker.end(1).await;
    let (sums, _) = speaker.answer(1).await.messages();
    assert_eq!(sums, [json!({"number": (2 * sum).to_string()})]);
    others.were_served().await;
}

#[tokio::test]
async fn data_beyond_the_window_resets_its_stream() {
    let (running, read, mut speaker) = slow().await;
    let others = Others::of(&running).await;
    for stream in [1, 2] {
        speaker
            .head(stream, SLOW, &[("content-type", STREAM)])
            .await;
        speaker.say_all(full_window(stream).0).await;
    }
    speaker.data(1, "x").await;
    assert_eq!(speaker.answer(1).await.reset, Some(Reset::FlowControl));
    // The other stream goes on.
    read.notify_waiters();
    speaker.until(2, |answer| answer.given > 0).await;
    others.were_served().await;
}

#[tokio::test]
async fn what_the_application_has_read_is_given_back() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    // White space before a message is read as it comes, and counted as read.
    speaker.head(1, ECHO, &[("content-type", JSON)]).await;
    let mut given = 0;
    for _ in 0..3 {
        let data = Bytes::from(vec![b' '; 65_536]);
        speaker
            .say_all(vec![Frame::Data { stream: 1, data }; 4])
            .await;
        given += WINDOW;
        speaker.until(1, |answer| answer.given >= given).await;
    }
    speaker.data(1, r#"{"text":"hi"}"#).await;
    speaker.end(1).await;
    assert_eq!(speaker.answer(1).await.text(), r#"{"text":"hi"}"#);
    // Small requests cost no WINDOW.
    speaker.begin(2, ECHO, "{}").await;
    assert_eq!(speaker.answer(2).await.given, 0);
}

#[tokio::test]
async fn a_window_that_overflows_resets_its_stream() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.say_all(call(1, super::HANG, "{}")).await;
    server.probe.started.notified().await;
    speaker
        .say(Frame::Window {
            stream: 1,
            more: 0x7fff_ffff,
        })
        .await;
    assert_eq!(speaker.answer(1).await.reset, Some(Reset::FlowControl));
    server.probe.dropped.notified().await;
    assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
    others.were_served().await;
}
