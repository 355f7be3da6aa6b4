//! Calls that are given up.

use super::speaker::{Heard, Speaker, call};
use super::{CHAT, FETCH, HANG, STREAM};
use crate::hostile::server;
use crate::others::Others;
use end_to_end::messages::testing::v1::Number;
use futures_util::SinkExt;
use iris_core::wire::websocket::{Frame, Reset};
use iris_core::{HttpServer, Iris, IrisError, Request, Status, Streaming, remote};
use std::sync::atomic::Ordering;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

const HANG_IN_STREAM: &str = "/testing.v1.Failures/HangInStream";

#[tokio::test]
async fn a_reset_drops_the_call_and_no_other() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
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
    others.were_served().await;
}

#[tokio::test]
async fn a_procedure_that_panics_when_it_is_dropped_harms_no_other() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
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
    others.were_served().await;
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
async fn a_call_that_is_given_up_before_it_was_looked_at_does_not_begin() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let reason = Reset::Cancelled;
    let reset = Frame::Reset { stream: 1, reason };
    let fail = call(1, "/testing.v1.Failures/Fail", r#"{"text":"zero"}"#);
    // In one message of TCP, so that all of it is there at once.
    speaker.say_all(fail.into_iter().chain([reset])).await;
    assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
    assert_eq!(server.probe.calls.load(Ordering::SeqCst), 0);
}

/// A procedure that answers while a task of its own still reads.
struct Reader(mpsc::UnboundedSender<Result<i64, IrisError>>);

#[remote(package = "testing.v1")]
impl Reader {
    #[procedure]
    async fn read(&self, _: &Request, mut numbers: Streaming<Number>) -> Result<(), IrisError> {
        let told = self.0.clone();
        tokio::spawn(async move {
            while let Some(number) = numbers.next().await {
                let _ = told.send(number.map(|number| number.number));
            }
        });
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_request_breaks_off_for_whoever_still_reads_it() {
    #[expect(clippy::disallowed_methods, reason = "the test makes few of them")]
    let (tell, mut told) = mpsc::unbounded_channel();
    let running = Iris::without_context()
        .add_remote(Reader(tell))
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap();
    let address = running.addresses()[0].tcp().unwrap();
    for resets in [true, false] {
        let mut speaker = Speaker::connect(address).await;
        let kind = [("content-type", STREAM)];
        speaker.head(1, "/testing.v1.Reader/Read", &kind).await;
        speaker.message(1, r#"{"number":"7"}"#).await;
        assert_eq!(told.recv().await.unwrap().unwrap(), 7);
        match resets {
            true => speaker.reset(1).await,
            false => drop(speaker),
        }
        let error = told.recv().await.unwrap().unwrap_err();
        assert_eq!((error.code, error.status), (900, Status::Canceled));
    }
}
