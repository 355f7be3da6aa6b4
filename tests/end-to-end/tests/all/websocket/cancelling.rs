//! Calls that are given up.

use super::speaker::{Heard, Speaker, call};
use super::{CHAT, FETCH, HANG, STREAM};
use crate::hostile::{others_are_served, server};
use futures_util::SinkExt;
use iris_core::wire::websocket::{Frame, Reset};
use tokio_tungstenite::tungstenite::Message;

const HANG_IN_STREAM: &str = "/testing.v1.Failures/HangInStream";

#[tokio::test]
async fn a_reset_drops_the_call_and_no_other() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
    speaker.begin(2, HANG, "{}").await;
    server.probe.started.notified().await;
    speaker.reset(2).await;
    server.probe.dropped.notified().await;
    // In the middle of a stream of answers.
    speaker
        .head(3, HANG_IN_STREAM, &[("content-type", STREAM)])
        .await;
    speaker.message(3, "{}").await;
    speaker.end(3).await;
    speaker
        .until(3, |answer| !answer.messages().0.is_empty())
        .await;
    speaker.reset(3).await;
    server.probe.dropped.notified().await;
    // The stream that was there before goes on.
    speaker.message(1, r#"{"text":"hi"}"#).await;
    speaker.end(1).await;
    assert_eq!(speaker.answer(1).await.messages().0.len(), 1);
    others_are_served(&server).await;
}

#[tokio::test]
async fn a_procedure_that_panics_when_it_is_dropped_harms_no_other() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
    speaker
        .begin(2, "/testing.v1.Failures/PanicWhenDropped", "{}")
        .await;
    speaker.meet().await;
    speaker.reset(2).await;
    speaker.message(1, r#"{"text":"hi"}"#).await;
    speaker.end(1).await;
    assert_eq!(speaker.answer(1).await.messages().0.len(), 1);
    others_are_served(&server).await;
}

#[tokio::test]
async fn frames_of_a_stream_that_is_over_are_passed_over() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    // Over by its answer, by a reset, and by what it was opened with.
    assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));
    speaker.begin(2, HANG, "{}").await;
    server.probe.started.notified().await;
    speaker.reset(2).await;
    for stream in [1, 2] {
        speaker.data(stream, "late").await;
        speaker.end(stream).await;
        speaker.say(Frame::Window { stream, more: 1 }).await;
        speaker.reset(stream).await;
    }
    assert_eq!(speaker.call(3, FETCH, "{}").await.status, Some(200));
}

#[tokio::test]
async fn a_socket_that_closes_takes_its_calls_along() {
    for breaks in [true, false] {
        let (server, address) = server(|server| server).await;
        let mut speaker = Speaker::connect(address).await;
        for stream in 1..=3 {
            speaker.begin(stream, HANG, "{}").await;
            server.probe.started.notified().await;
        }
        if breaks {
            drop(speaker);
        } else {
            speaker.socket.send(Message::Close(None)).await.unwrap();
            assert_eq!(speaker.closed().await, (1005, String::new()));
            assert_eq!(speaker.hear().await, Heard::Gone);
        }
        // One permit is kept, so the drops are counted one by one by who holds the probe.
        server.probe.dropped.notified().await;
        let drained = server.running.shutdown().await;
        assert_eq!(drained, iris_core::Drained::Completely);
    }
}

#[tokio::test]
async fn a_request_that_is_reset_breaks_off_for_whoever_still_reads_it() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    // Begun and given up before it was looked at: nothing of it runs.
    let mut frames: Vec<Frame> = call(1, HANG, "{}").into();
    let reason = Reset::Cancelled;
    frames.push(Frame::Reset { stream: 1, reason });
    speaker.say_all(frames).await;
    speaker.meet().await;
    assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
    others_are_served(&server).await;
}
