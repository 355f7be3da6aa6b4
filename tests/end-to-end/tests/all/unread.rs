//! Callers who read nothing of their answers, and what `write_timeout` makes of them.

use crate::frames::{
    CANCEL, DATA, END_STREAM, Frame, GOAWAY, HEADERS, PREFACE, RST_STREAM, SETTINGS, Speaker, call,
    frame, open, open_as, parsed,
};
use crate::hostile::{SHORT, server};
use crate::others::Others;
use futures_util::FutureExt;
use iris_core::Drained;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BLOB: &str = "/testing.v1.Shapes/Blob";
const CHAT: &str = "/testing.v1.Shapes/Chat";
const COUNT: &str = "/testing.v1.Shapes/Count";
const FLOOD: &str = "/testing.v1.Failures/Flood";
const PING: &str = "/testing.v1.Shapes/Ping";

const WINDOW_UPDATE: u8 = 8;

/// For a test that waits for nothing else.
const PATIENCE: Duration = Duration::from_secs(30);

/// The envelope of an empty message in JSON.
const EMPTY: &[u8] = b"\0\0\0\0\x02{}";

/// SETTINGS with this window for each answer.
fn windows_of(size: u32) -> Vec<u8> {
    let setting = [&[0, 4], &size.to_be_bytes()[..]].concat();
    frame(SETTINGS, 0, 0, &setting)
}

fn wider(stream: u32, by: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &by.to_be_bytes())
}

/// A call of `Blob` for so many bytes.
fn blob(stream: u32, bytes: usize) -> Vec<u8> {
    let message = format!(r#"{{"number":"{bytes}"}}"#);
    let data = frame(DATA, END_STREAM, stream, message.as_bytes());
    [open(stream, BLOB), data].concat()
}

/// A message that asks `Count` for so many numbers.
fn count(numbers: u32) -> String {
    format!(r#"{{"to":{numbers},"failAt":-1}}"#)
}

/// All that a call says, in one message of a stream.
fn all_of(stream: u32, json: &str) -> Vec<u8> {
    let length = u32::try_from(json.len()).unwrap().to_be_bytes();
    let message = [&[0], &length[..], json.as_bytes()].concat();
    frame(DATA, END_STREAM, stream, &message)
}

/// A call of a stream, with one message.
fn streamed(stream: u32, path: &str) -> Vec<u8> {
    let open = open_as(stream, path, "connect+json");
    [open, frame(DATA, END_STREAM, stream, EMPTY)].concat()
}

async fn reset(speaker: &mut Speaker) -> Frame {
    let reset = tokio::time::timeout(PATIENCE, speaker.hear_of(RST_STREAM)).await;
    let reset = reset.expect("it is given up").expect("it is still open");
    assert_eq!(reset.reason(), CANCEL);
    reset
}

/// Another call of the same connection, with a window of its own.
async fn is_usable(speaker: &mut Speaker, stream: u32) {
    speaker.say(&call(stream, PING)).await;
    speaker.say(&wider(stream, 1000)).await;
    loop {
        let answer = speaker.hear_of(HEADERS).await.unwrap();
        if answer.stream == stream {
            assert_eq!(answer.status(), Some(200));
            return;
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_window_is_given_up_and_its_connection_stays() {
    let (server, address) = server(|server| server.write_timeout(SHORT)).await;
    let others = Others::of(&server.running).await;
    // With no room at all, with room for a byte of a long answer and of one that is just not short, and for one that fits the
    // stack's buffers but for a byte.
    let cases = [
        (0, 10),
        (0, 4_000_000),
        (1, 3_000_000),
        (1, 33_000),
        (99_999, 100_000),
    ];
    for (window, bytes) in cases {
        let mut speaker = Speaker::connect(address).await;
        speaker.say(&windows_of(window)).await;
        speaker.say(&blob(1, bytes)).await;
        assert_eq!(reset(&mut speaker).await.stream, 1, "{window} {bytes}");
        is_usable(&mut speaker, 3).await;
    }
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_given_up_and_its_procedure_dropped() {
    let (server, address) = server(|server| server.write_timeout(SHORT)).await;
    let others = Others::of(&server.running).await;
    for window in [0, 1, 65_535] {
        let mut speaker = Speaker::connect(address).await;
        speaker.say(&windows_of(window)).await;
        // Of the connection's own window there is enough.
        speaker.say(&wider(0, 1_000_000)).await;
        speaker.say(&streamed(1, FLOOD)).await;
        assert_eq!(reset(&mut speaker).await.stream, 1, "{window}");
        server.probe.dropped.notified().await;
        is_usable(&mut speaker, 3).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn short_messages_of_a_stream_count_as_long_ones_do() {
    let (server, address) = server(|server| server.write_timeout(SHORT)).await;
    let others = Others::of(&server.running).await;
    // A procedure that has said all it had to say, and one that waits to hear more.
    let all = [open_as(1, COUNT, "connect+json"), all_of(1, &count(10_000))].concat();
    let more = [open_as(1, CHAT, "connect+json"), frame(DATA, 0, 1, EMPTY)].concat();
    for (window, said) in [(0, &all), (1, &all), (0, &more), (1, &more)] {
        let mut speaker = Speaker::connect(address).await;
        speaker.say(&windows_of(window)).await;
        speaker.say(said).await;
        assert_eq!(reset(&mut speaker).await.stream, 1, "{window}");
        is_usable(&mut speaker, 3).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_connection_of_which_nothing_is_read_ends() {
    let (server, address) = server(|server| server.write_timeout(SHORT).keep_alive(None)).await;
    let others = Others::of(&server.running).await;
    let http1 = format!(
        "POST {FLOOD} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+json\r\ncontent-length: 7\r\n\r\n\0\0\0\0\x02{{}}"
    );
    let most = 0x7fff_0000;
    let windows = [windows_of(most), wider(0, most)].concat();
    let http2 = [PREFACE, &windows, &streamed(1, FLOOD)].concat();
    for said in [http1.into_bytes(), http2] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(&said).await.unwrap();
        let dropped = tokio::time::timeout(PATIENCE, server.probe.dropped.notified()).await;
        dropped.expect("its procedure is dropped");
        // What was on its way comes, and then the end, whichever it is.
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await;
        let _ = ended.expect("it ends");
    }
    others.were_served().await;
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}

#[tokio::test]
async fn a_reader_is_never_too_slow_and_silence_is_no_answer() {
    // So much more than a pause of the slow reader's that a busy machine does not make one too long.
    let (server, address) = server(|server| server.write_timeout(4 * SHORT)).await;
    let others = Others::of(&server.running).await;
    // A stream of HTTP/2 that has nothing to say after its first answer, and a connection of HTTP/1.1 with the like.
    let mut quiet = Speaker::connect(address).await;
    quiet.say(&open_as(1, CHAT, "connect+json")).await;
    quiet.say(&frame(DATA, 0, 1, EMPTY)).await;
    quiet.hear_of(DATA).await.unwrap();
    let mut plain = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+json\r\ncontent-length: 14\r\n\r\n"
    );
    plain
        .write_all(&[head.as_bytes(), EMPTY].concat())
        .await
        .unwrap();
    // One that takes a byte at a time, long after others are given up.
    let mut slow = Speaker::connect(address).await;
    slow.say(&windows_of(0)).await;
    slow.say(&blob(1, 1_000_000)).await;
    slow.say(&open_as(3, COUNT, "connect+json")).await;
    slow.say(&all_of(3, &count(10_000))).await;
    let mut pace = tokio::time::interval(SHORT / 5);
    for _ in 0..30 {
        pace.tick().await;
        slow.say(&wider(1, 1)).await;
        slow.say(&wider(3, 1)).await;
    }
    slow.say(&wider(0, 4_000_000)).await;
    slow.say(&wider(1, 2_000_000)).await;
    slow.say(&wider(3, 2_000_000)).await;
    let mut ends = 0;
    while ends < 2 {
        let frame = slow.hear().await.unwrap();
        assert_ne!(frame.kind, RST_STREAM, "{:?}", frame.payload);
        if frame.kind == DATA && frame.flags & END_STREAM != 0 {
            ends += 1;
        }
    }
    quiet.say(&frame(DATA, END_STREAM, 1, EMPTY)).await;
    loop {
        let frame = quiet.hear().await.unwrap();
        assert_ne!(frame.kind, RST_STREAM, "{:?}", frame.payload);
        if frame.flags & END_STREAM != 0 && frame.stream == 1 {
            break;
        }
    }
    plain.write_all(EMPTY).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"0\r\n\r\n") {
        assert_ne!(plain.read_buf(&mut answer).await.unwrap(), 0);
    }
    others.were_served().await;
}

#[tokio::test]
async fn a_socket_may_take_what_comes_as_slowly_as_it_likes() {
    // So long that a busy machine does not hold a reader up for it.
    let limit = 4 * SHORT;
    let (server, address) = server(|server| server.write_timeout(limit).keep_alive(None)).await;
    let http1 = format!(
        "POST {FLOOD} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+proto\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0"
    );
    // Streams of one connection, each with a window that is never full, and seldom its turn.
    let most = 0x7fff_0000;
    let windows = [windows_of(most), wider(0, most)].concat();
    let call = |stream| {
        let open = open_as(stream, FLOOD, "connect+proto");
        [open, frame(DATA, END_STREAM, stream, &[0; 5])].concat()
    };
    let calls: Vec<u8> = (0..80).flat_map(|number| call(2 * number + 1)).collect();
    let http2 = [PREFACE, &windows, &calls].concat();
    let slow = [http1.into_bytes(), http2].map(|said| reads_slowly(address, said, 6 * limit));
    let [http1, http2] = slow;
    // Their sockets are there until the end.
    let ((_http1, http1), (_http2, http2)) = tokio::join!(http1, http2);
    assert!(http1.len() > 500_000 && http2.len() > 500_000);
    for frame in parsed(&http2) {
        assert_ne!(frame.kind, RST_STREAM, "{:?}", frame.payload);
        assert_ne!(frame.kind, GOAWAY, "{:?}", frame.payload);
    }
    assert!(server.probe.dropped.notified().now_or_never().is_none());
}

/// Says this, and reads as much as a loopback interface sends at once, now and then, for so long. It must not end meanwhile.
async fn reads_slowly(address: SocketAddr, said: Vec<u8>, time: Duration) -> (TcpStream, Vec<u8>) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(&said).await.unwrap();
    let mut pace = tokio::time::interval(SHORT * 2 / 3);
    let mut heard = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    for _ in 0..time.as_millis() / pace.period().as_millis() {
        pace.tick().await;
        socket.read_exact(&mut piece).await.unwrap();
        heard.extend(&piece);
    }
    (socket, heard)
}

#[tokio::test]
async fn without_the_timeout_an_answer_waits_for_its_reader() {
    let (server, address) = server(|server| server.write_timeout(None)).await;
    let (_limited, limited) = self::server(|server| server.write_timeout(SHORT)).await;
    let mut waiting = Speaker::connect(address).await;
    let mut given_up = Speaker::connect(limited).await;
    for speaker in [&mut waiting, &mut given_up] {
        speaker.say(&windows_of(0)).await;
        speaker.say(&blob(1, 10)).await;
    }
    reset(&mut given_up).await;
    waiting.say(&wider(1, 1000)).await;
    let answer = waiting.hear_of(DATA).await.unwrap();
    assert_eq!(answer.stream, 1);
    drop(waiting);
    assert_eq!(server.running.shutdown().await, Drained::Completely);
}
