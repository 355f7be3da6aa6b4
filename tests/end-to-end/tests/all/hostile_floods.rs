//! HTTP/2 spoken to wear a server out (RFC 9113, section 10.5): each flood ends its own connection, or costs nothing.

use crate::frames::{
    CONTINUATION, DATA, END_STREAM, ENHANCE_YOUR_CALM, Frame, GOAWAY, HEADERS, PING as PING_FRAME,
    RST_STREAM, SETTINGS, Speaker, call, cancel, frame, head, open,
};
use crate::hostile::{SHORT, server};
use crate::others::Others;
use iris_core::Drained;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const PING: &str = "/testing.v1.Shapes/Ping";
const HANG: &str = "/testing.v1.Failures/Hang";
const ECHO: &str = "/testing.v1.Shapes/Echo";

const PRIORITY: u8 = 2;
const WINDOW_UPDATE: u8 = 8;
/// No frame that anybody knows; such are to be passed over (RFC 9113, section 5.5).
const UNKNOWN: u8 = 0xbb;

const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
/// The most by which a window can grow, and the most that it can be.
const LARGEST_WINDOW: u32 = 0x7fff_ffff;

/// The reason with which a connection was ended. Whatever is on its way to a server that has closed may
/// reset the connection before the reason is read.
fn goaway(frames: &[Frame]) -> Option<u32> {
    let goaway = frames.iter().find(|frame| frame.kind == GOAWAY);
    goaway.map(Frame::reason)
}

/// What comes of saying this, which must end the connection; several times, until a reason is read.
async fn ends_with(flood: &[u8], reason: u32) {
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    let mut told = None;
    for _ in 0..20 {
        let flooding = async || {
            let mut speaker = Speaker::connect(address).await;
            speaker.say(flood).await;
            told = told.or(goaway(&speaker.hear_all().await));
        };
        others.are_served_during(flooding).await;
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told, Some(reason));
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

fn streams(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|index| 2 * index + 1)
}

#[tokio::test]
async fn calls_over_the_limit_without_end_end_their_connection() {
    let flood: Vec<u8> = streams(10_000)
        .flat_map(|stream| open(stream, HANG))
        .collect();
    ends_with(&flood, ENHANCE_YOUR_CALM).await;
}

#[tokio::test]
async fn resets_that_the_server_is_made_to_send_end_their_connection() {
    // A window that overflows is an error of its stream (RFC 9113, section 6.9.1; CVE-2025-8671).
    let overflow = LARGEST_WINDOW.to_be_bytes();
    let flood: Vec<u8> = streams(10_000)
        .flat_map(|stream| {
            let overflow = frame(WINDOW_UPDATE, 0, stream, &overflow);
            [open(stream, HANG), overflow].concat()
        })
        .collect();
    ends_with(&flood, ENHANCE_YOUR_CALM).await;
}

#[tokio::test]
async fn calls_that_are_given_up_once_they_run_are_dropped() {
    let (server, address) = server(|server| server.max_concurrent_streams(10)).await;
    let mut others = Others::of(&server.running).await;
    let flooding = async || {
        let mut speaker = Speaker::connect(address).await;
        // Slower than the server, so that it begins each of them: no more than one is there at a time.
        for stream in streams(500) {
            speaker.say(&open(stream, HANG)).await;
            speaker.say(&frame(DATA, END_STREAM, stream, b"{}")).await;
            server.probe.started.notified().await;
            speaker.say(&cancel(stream)).await;
            server.probe.dropped.notified().await;
        }
        speaker.say(&call(1001, PING)).await;
        assert_eq!(speaker.hear_of(HEADERS).await.unwrap().stream, 1001);
    };
    others.are_served_during(flooding).await;
    others.were_served().await;
}

#[tokio::test]
async fn data_in_empty_pieces_ends_its_connection() {
    let mut flood = open(1, ECHO);
    flood.extend(frame(DATA, 0, 1, b"").repeat(200_000));
    ends_with(&flood, ENHANCE_YOUR_CALM).await;
}

/// A head without its end.
fn begun() -> Vec<u8> {
    frame(HEADERS, END_STREAM, 1, &head(PING))
}

#[tokio::test]
async fn empty_continuations_end_their_connection() {
    let mut flood = begun();
    flood.extend(frame(CONTINUATION, 0, 1, b"").repeat(200_000));
    ends_with(&flood, ENHANCE_YOUR_CALM).await;
}

#[tokio::test]
async fn frames_that_only_keep_a_server_busy_do_not_keep_it_from_others() {
    const MANY: usize = 20_000;
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    for (what, piece, answers) in [
        ("pings", frame(PING_FRAME, 0, 0, &[7; 8]), Some(PING_FRAME)),
        ("settings", frame(SETTINGS, 0, 0, &[]), Some(SETTINGS)),
        ("priorities", frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 16]), None),
        ("unknown frames", frame(UNKNOWN, 0, 0, &[7; 8]), None),
        (
            "windows that grow",
            frame(WINDOW_UPDATE, 0, 0, &1_u32.to_be_bytes()),
            None,
        ),
    ] {
        let mut speaker = Speaker::connect(address).await;
        for _ in 0..20 {
            speaker.say(&piece.repeat(MANY / 20)).await;
            if let Some(kind) = answers {
                for _ in 0..MANY / 20 {
                    assert!(speaker.hear_of(kind).await.is_some(), "{what}");
                }
            }
            others.are_served().await;
        }
        speaker.say(&call(1, PING)).await;
        let answer = speaker.hear_of(HEADERS).await.unwrap();
        assert_eq!((answer.stream, answer.status()), (1, Some(200)), "{what}");
    }
    others.were_served().await;
}

#[tokio::test]
async fn who_floods_and_does_not_listen_is_cut_off() {
    let (server, address) =
        server(|server| server.keep_alive(SHORT).keep_alive_timeout(SHORT)).await;
    let mut others = Others::of(&server.running).await;
    let calls = streams(50_000).flat_map(|stream| call(stream, PING));
    let floods = [
        frame(PING_FRAME, 0, 0, &[7; 8]).repeat(100_000),
        frame(SETTINGS, 0, 0, &[]).repeat(100_000),
        calls.collect(),
        // Nothing is to be answered to these; the server's question whether anybody is there is not answered either.
        frame(WINDOW_UPDATE, 0, 0, &1_u32.to_be_bytes()).repeat(100_000),
        frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 16]).repeat(100_000),
        frame(UNKNOWN, 0, 0, &[7; 8]).repeat(100_000),
        // These end their connection by themselves.
        [open(1, ECHO), frame(DATA, 0, 1, b"").repeat(100_000)].concat(),
        [begun(), frame(CONTINUATION, 0, 1, b"").repeat(100_000)].concat(),
    ];
    let mut floods: JoinSet<()> = floods
        .into_iter()
        .map(|flood| async move {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(crate::frames::PREFACE).await.unwrap();
            socket.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
            // What the server does not take waits here, for as long as there is a connection.
            while socket.write_all(&flood).await.is_ok() {}
        })
        .collect();
    while !floods.is_empty() {
        others.are_served().await;
        if let Some(ended) = floods.try_join_next() {
            ended.unwrap();
        }
    }
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn windows_that_overflow_end_their_stream_or_connection() {
    let largest = LARGEST_WINDOW.to_be_bytes();
    let flood = frame(WINDOW_UPDATE, 0, 0, &largest).repeat(2);
    ends_with(&flood, FLOW_CONTROL_ERROR).await;

    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let mut speaker = Speaker::connect(address).await;
    speaker.say(&call(1, HANG)).await;
    server.probe.started.notified().await;
    speaker.say(&frame(WINDOW_UPDATE, 0, 1, &largest)).await;
    let reset = speaker.hear_of(RST_STREAM).await.unwrap();
    assert_eq!((reset.stream, reset.reason()), (1, FLOW_CONTROL_ERROR));
    server.probe.dropped.notified().await;
    speaker.say(&call(3, PING)).await;
    let answer = speaker.hear_of(HEADERS).await.unwrap();
    assert_eq!((answer.stream, answer.status()), (3, Some(200)));
    others.were_served().await;
}

/// A setting that gives streams windows of this size, for the peer's answers (RFC 9113, section 6.5.2).
fn windows_of(size: u32) -> Vec<u8> {
    let setting = [&[0, 4], &size.to_be_bytes()[..]].concat();
    frame(SETTINGS, 0, 0, &setting)
}

#[tokio::test]
async fn settings_by_which_windows_overflow_end_their_connection() {
    // No window may be so large, whoever has it.
    ends_with(&windows_of(LARGEST_WINDOW + 1), PROTOCOL_ERROR).await;
    ends_with(&windows_of(u32::MAX), PROTOCOL_ERROR).await;
    // The window of a stream that runs grows with the setting (section 6.9.2), here by one beyond what it can.
    let more = LARGEST_WINDOW - 65_535;
    let widened = frame(WINDOW_UPDATE, 0, 1, &more.to_be_bytes());
    let flood = [call(1, HANG), widened, windows_of(65_536)].concat();
    ends_with(&flood, FLOW_CONTROL_ERROR).await;
}
