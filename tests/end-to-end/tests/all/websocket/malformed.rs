//! What is no frame, or comes where it may not: the socket closes and says why, or the stream does.

use super::speaker::{Speaker, call};
use super::{CHAT, FETCH, HANG, STREAM};
use crate::hostile::server;
use crate::others::Others;
use bytes::Bytes;
use iris_core::wire::websocket::{Frame, Reset};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn each_message_that_is_no_frame_closes_the_socket() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let cases: [(&[u8], &str); 12] = [
        (
            b"",
            "a message of 0 bytes is no frame, which has 5 at least",
        ),
        (
            b"\x01\0\0\0",
            "a message of 4 bytes is no frame, which has 5 at least",
        ),
        (
            b"\x01\0\0\0\0/a.B/C",
            "HEAD belongs to a stream, and came on 0",
        ),
        (b"\x02\0\0\0\0", "DATA belongs to a stream, and came on 0"),
        (b"\x03\0\0\0\x01a", "the payload of END must be empty"),
        (b"\x04\0\0\0\x01", "the payload of RESET must be one byte"),
        (
            b"\x05\0\0\0\x01\0\0\0\0",
            "the payload of WINDOW must be four bytes, a number from 1 to 2147483647",
        ),
        (
            b"\x06\0\0\0\0_________",
            "the payload of PING must be eight bytes at most",
        ),
        (b"\x06\0\0\0\x01", "PING belongs to stream 0, and came on 1"),
        (b"\x08\0\0\0\0", "the payload of GOAWAY must be four bytes"),
        (b"\x08\0\0\0\0\0\0\0\0", "GOAWAY is a server's to send"),
        (
            b"\x02\0\0\0\x07x",
            "DATA came on stream 7, which no HEAD has opened",
        ),
    ];
    for (message, why) in cases {
        let mut speaker = Speaker::connect(address).await;
        speaker.begin(1, HANG, "{}").await;
        server.probe.started.notified().await;
        speaker.say_bytes(Bytes::from_static(message)).await;
        assert_eq!(speaker.closed().await, (1002, why.to_owned()));
        server.probe.dropped.notified().await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn streams_are_opened_in_ascending_order_and_once() {
    let (_server, address) = server(|server| server).await;
    for (first, second) in [(5, 5), (5, 4), (u32::MAX, 1)] {
        let mut speaker = Speaker::connect(address).await;
        assert_eq!(speaker.call(first, FETCH, "{}").await.status, Some(200));
        speaker.begin(second, FETCH, "{}").await;
        let (code, why) = speaker.closed().await;
        let expected = format!("HEAD came on stream {second}, which must be above");
        assert!(code == 1002 && why.starts_with(&expected), "{code} {why}");
    }
}

#[tokio::test]
async fn frames_of_no_stream_that_was_opened_close_the_socket() {
    let (_server, address) = server(|server| server).await;
    let reason = Reset::Cancelled;
    for (frame, name) in [
        (Frame::End { stream: 3 }, "END"),
        (Frame::Window { stream: 3, more: 1 }, "WINDOW"),
        (Frame::Reset { stream: 3, reason }, "RESET"),
    ] {
        let mut speaker = Speaker::connect(address).await;
        assert_eq!(speaker.call(2, FETCH, "{}").await.status, Some(200));
        speaker.say(frame).await;
        let why = format!("{name} came on stream 3, which no HEAD has opened");
        assert_eq!(speaker.closed().await, (1002, why));
    }
}

#[tokio::test]
async fn text_is_no_frame() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let text = Message::text("hello");
    futures_util::SinkExt::send(&mut speaker.socket, text)
        .await
        .unwrap();
    let why = "frames are binary messages, and this was text";
    assert_eq!(speaker.closed().await, (1002, why.to_owned()));
}

#[tokio::test]
async fn a_message_that_is_too_long_closes_the_socket_before_it_was_read() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    let data = Bytes::from(vec![0; 65_537]);
    speaker.head(1, CHAT, &[("content-type", STREAM)]).await;
    speaker.say(Frame::Data { stream: 1, data }).await;
    let why = "a message of 65542 bytes is no frame, which has 65541 at most";
    assert_eq!(speaker.closed().await, (1009, why.to_owned()));
    others.were_served().await;
}

#[tokio::test]
async fn frames_of_later_versions_mean_nothing() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    for kind in [0, 9, 0x7f, 0xff] {
        for stream in [0, 1, 99] {
            speaker
                .say_bytes(Bytes::copy_from_slice(&[kind, 0, 0, 0, stream, 1, 2, 3]))
                .await;
        }
    }
    assert_eq!(speaker.call(1, FETCH, "{}").await.status, Some(200));
}

#[tokio::test]
async fn what_follows_the_end_of_a_request_resets_its_stream() {
    let (server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    let data = Bytes::from_static(b"more");
    for (stream, late) in [
        (1, Frame::Data { stream: 1, data }),
        (2, Frame::End { stream: 2 }),
    ] {
        speaker.say_all(call(stream, HANG, "{}")).await;
        server.probe.started.notified().await;
        speaker.say(late).await;
        assert_eq!(
            speaker.answer(stream).await.reset,
            Some(Reset::ProtocolError)
        );
        server.probe.dropped.notified().await;
    }
    assert_eq!(speaker.call(3, FETCH, "{}").await.status, Some(200));
}

#[tokio::test]
async fn a_ping_is_answered_by_its_own_bytes() {
    let (_server, address) = server(|server| server).await;
    let mut speaker = Speaker::connect(address).await;
    for payload in ["", "1", "12345678"] {
        speaker.say(Frame::Ping(payload.into())).await;
        let pong = Frame::Pong(payload.into());
        assert_eq!(speaker.hear().await, super::speaker::Heard::Frame(pong));
    }
}
