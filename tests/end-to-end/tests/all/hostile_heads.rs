//! Heads that mean one thing to a proxy and another to a server, chunks that are none, and metadata without end.

use crate::frames::{
    CONTINUATION, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, HEADERS, Speaker, call, frame, head,
};
use crate::hostile::{SHORT, server};
use crate::others::Others;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ECHO: &str =
    "POST /testing.v1.Shapes/Echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

/// Says this, and gives all that comes back until the server closes.
async fn said(address: SocketAddr, text: impl AsRef<[u8]>) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let text = text.as_ref().to_vec();
    let (mut read, mut write) = socket.split();
    let saying = async {
        // It may be refused before its end.
        let _ = write.write_all(&text).await;
    };
    let hearing = async {
        let mut heard = Vec::new();
        // Bytes that were not read may reset the connection, after the answer.
        let _ = read.read_to_end(&mut heard).await;
        String::from_utf8_lossy(&heard).into_owned()
    };
    tokio::join!(saying, hearing).1
}

/// Says this until it hears that it is refused. Where bytes were left unread a reset may overtake the answer, though not
/// each time.
pub(crate) async fn is_refused(address: SocketAddr, text: &str, status: u16, what: &str) {
    for _ in 0..20 {
        let answer = said(address, text).await;
        if !answer.is_empty() {
            let expected = format!("HTTP/1.1 {status}");
            assert!(answer.starts_with(&expected), "{what}: {answer}");
            return;
        }
    }
    panic!("{what}: never a word");
}

/// Says this and that nothing more will come, and gives all that comes back.
async fn said_at_last(address: SocketAddr, text: String) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut heard = String::new();
    socket.read_to_string(&mut heard).await.unwrap();
    heard
}

#[tokio::test]
async fn heads_with_two_meanings_are_refused() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    // What follows each is a call that a proxy before the server would not have seen.
    let hidden = "POST /testing.v1.Shapes/Fetch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";
    for (what, head) in [
        ("two lengths", "content-length: 2\r\ncontent-length: 44\r\n"),
        ("a list of two lengths", "content-length: 2, 44\r\n"),
        ("a length with a sign", "content-length: +2\r\n"),
        ("a length below zero", "content-length: -2\r\n"),
        ("a length in hexadecimal", "content-length: 0x2\r\n"),
        ("a length that is none", "content-length: two\r\n"),
        (
            "a length beyond 64 bits",
            "content-length: 99999999999999999999\r\n",
        ),
        ("a space before the colon", "content-length : 2\r\n"),
        (
            "an unknown coding last",
            "transfer-encoding: chunked, gzip\r\n",
        ),
        ("an unknown coding", "transfer-encoding: xchunked\r\n"),
        ("chunked in HTTP's name", "transfer-encoding: identity\r\n"),
        ("a folded line", "x-a: b\r\n content-length: 2\r\n"),
        ("a NUL", "x-a: b\0c\r\n"),
        ("a return within a value", "x-a: b\rcontent-length: 2\r\n"),
    ] {
        let answer = said(address, format!("{ECHO}{head}\r\n{{}}{hidden}")).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && !answer.contains("fetched"),
            "{what}: {answer}"
        );
    }
    others.were_served().await;
}

/// RFC 9112, section 3.2.
#[tokio::test]
async fn a_request_names_its_host_and_no_other() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let call = "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    for head in [
        "POST /testing.v1.Shapes/Fetch HTTP/1.1\r\n",
        "POST /testing.v1.Shapes/Fetch HTTP/1.1\r\nhost: one\r\nhost: two\r\n",
        "POST /testing.v1.Shapes/Fetch HTTP/1.0\r\nhost: one\r\nhost: two\r\n",
        "POST http://one/testing.v1.Shapes/Fetch HTTP/1.1\r\n",
    ] {
        let answer = said(address, format!("{head}{call}")).await;
        assert!(
            answer.contains(" 400 Bad Request") && !answer.contains("fetched"),
            "{head}: {answer}"
        );
    }
    let older = format!("POST /testing.v1.Shapes/Fetch HTTP/1.0\r\n{call}");
    assert!(said(address, older).await.contains("fetched"));
    others.were_served().await;
}

#[tokio::test]
async fn chunks_count_where_a_length_is_there_too() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    // RFC 9112, section 6.3: the length is to be ignored. By it, the second call would be part of the first.
    let hidden = "0\r\n\r\nPOST /testing.v1.Shapes/Fetch HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";
    for head in [
        "content-length: {}\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: {}\r\n",
    ] {
        let head = head.replace("{}", &(hidden.len() + 7).to_string());
        let answer = said(address, format!("{ECHO}{head}\r\n2\r\n{{}}\r\n{hidden}")).await;
        assert!(
            answer.starts_with("HTTP/1.1 200")
                && answer.contains("connection: close")
                && answer.ends_with("\r\n\r\n{}"),
            "{answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
    others.were_served().await;
}

#[tokio::test]
async fn chunks_that_are_none_are_refused() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let start = format!("{ECHO}transfer-encoding: chunked\r\n\r\n");
    for (what, chunks) in [
        ("no number", "zz\r\n{}\r\n0\r\n\r\n".to_owned()),
        ("a sign", "-2\r\n{}\r\n0\r\n\r\n".to_owned()),
        (
            "beyond 64 bits",
            "fffffffffffffffff\r\n{}\r\n0\r\n\r\n".to_owned(),
        ),
        ("longer than it says", "1\r\n{}\r\n0\r\n\r\n".to_owned()),
        ("a bare line feed", "2\n{}\r\n0\r\n\r\n".to_owned()),
        (
            "an extension without end",
            format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(100_000)),
        ),
        (
            "extensions in each of many",
            format!(
                "{}0\r\n\r\n",
                format!("1;{}\r\n \r\n", "x".repeat(1000)).repeat(100)
            ),
        ),
        (
            "a trailer without end",
            format!("2\r\n{{}}\r\n0\r\nx: {}\r\n\r\n", "x".repeat(1_000_000)),
        ),
        (
            "trailers without number",
            format!("2\r\n{{}}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(100_000)),
        ),
    ] {
        is_refused(address, &format!("{start}{chunks}"), 400, what).await;
    }
    others.were_served().await;
}

#[tokio::test]
async fn wrong_chunks_are_told_apart_from_a_caller_who_went_away() {
    let (_server, address) = server(|server| server).await;
    let post = |path: &str, content_type: &str, rest: &str| {
        format!(
            "POST /testing.v1.Shapes/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             content-type: application/{content_type}\r\n{rest}"
        )
    };
    let chunked = "transfer-encoding: chunked\r\n\r\n";
    for (status, why, request) in [
        (
            "400",
            "Invalid chunk size line",
            post("Echo", "json", &format!("{chunked}2\r\n{{}}\r\nzz\r\n")),
        ),
        (
            "400",
            "Invalid chunk body CR",
            post("Echo", "json", &format!("{chunked}1\r\n{{}}")),
        ),
        // In Connect a stream's errors come after its head.
        (
            "200",
            "Invalid chunk size line",
            post("Sum", "connect+json", &format!("{chunked}zz\r\n")),
        ),
    ] {
        let answer = said(address, &request).await;
        let error = format!(
            r#""code":"invalid_argument","message":"the request's body is malformed: {why}"#
        );
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(&error),
            "{request}: {answer}"
        );
    }
    for rest in [
        &format!("{chunked}2\r\n{{}}\r\n"),
        &format!("{chunked}9\r\n{{}}"),
        &format!("{chunked}9"),
        "content-length: 9\r\n\r\n{}",
    ] {
        let answer = said_at_last(address, post("Echo", "json", rest)).await;
        assert!(
            answer.starts_with("HTTP/1.1 499") && answer.contains("broke off before its end"),
            "{rest}: {answer}"
        );
    }
}

#[tokio::test]
async fn metadata_within_the_limits_is_read_and_beyond_them_refused() {
    let (server, address) = server(|server| server).await;
    let others = Others::of(&server.running).await;
    let binary = |count: usize, length: usize| -> String {
        (0..count)
            .map(|index| format!("x-{index}-bin: {}\r\n", "A".repeat(length)))
            .collect()
    };
    let call = |metadata: String| {
        format!("{ECHO}connection: close\r\ncontent-length: 2\r\n{metadata}\r\n{{}}")
    };
    let answer = said(address, call(binary(90, 4000))).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for (count, length) in [(101, 4), (1, 500_000), (90, 100_000)] {
        let what = format!("{count} of {length} bytes");
        is_refused(address, &call(binary(count, length)), 431, &what).await;
    }
    others.were_served().await;
}

const PING: &str = "/testing.v1.Shapes/Ping";

/// Faster than anything here runs out, and slower than a head could ever end.
const PACE: Duration = Duration::from_millis(5);

/// Begins a call by HTTP/2 and then says this, piece by piece, for as long as the server listens; gives the reason with
/// which the connection ended, if one came.
async fn drips(address: SocketAddr, pieces: &[&[u8]]) -> Option<u32> {
    let mut speaker = Speaker::connect(address).await.without_pongs();
    let beginning = frame(HEADERS, END_STREAM, 1, &head(PING));
    speaker.say(&beginning).await;
    speaker.drip(pieces, PACE).await
}

#[tokio::test]
async fn a_head_of_http2_that_drips_is_given_up() {
    let (server, address) =
        server(|server| server.keep_alive(SHORT).keep_alive_timeout(SHORT)).await;
    let mut others = Others::of(&server.running).await;
    // One frame as long as a frame may be, of which a byte comes at a time. Within a head nothing else may be said
    // (RFC 9113, section 6.10), so that nobody who drips one can answer whether they are there.
    let mut continuation = frame(CONTINUATION, 0, 1, &[b'y'; 16_384]);
    let payload = continuation.split_off(9);
    let bytes: Vec<&[u8]> = [&continuation[..]]
        .into_iter()
        .chain(payload.chunks(1))
        .collect();
    let dripping = async || {
        drips(address, &bytes).await;
    };
    others.are_served_during(dripping).await;

    // A frame for each byte: those are counted, and there is not even a wait.
    let literal = [&b"\x00\x01x\x7f\xe9\x06"[..], &[b'y'; 1000]].concat();
    let frames: Vec<Vec<u8>> = literal
        .chunks(1)
        .map(|byte| frame(CONTINUATION, 0, 1, byte))
        .collect();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    let mut told = None;
    for _ in 0..20 {
        let dripping = async || told = told.or(drips(address, &frames).await);
        others.are_served_during(dripping).await;
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told, Some(ENHANCE_YOUR_CALM));
    others.were_served().await;
}

#[tokio::test]
async fn a_header_that_is_repeated_by_its_index_counts_each_time() {
    let (server, address) = server(|server| server).await;
    let mut others = Others::of(&server.running).await;
    // 4,000 bytes are put into the table of HPACK, and each byte that follows stands for all of them (RFC 7541,
    // section 6.1).
    let long = [&b"\x40\x01x\x7f\xa1\x1e"[..], &[b'y'; 4000]].concat();
    let head = |stream: u32, repeated: usize| {
        let first = if stream == 1 { &long[..] } else { &[] };
        let block = [&head(PING), first, &vec![0xbe; repeated]].concat();
        frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)
    };
    let little_more_than_allowed = async || {
        let mut speaker = Speaker::connect(address).await;
        for stream in (1..200).step_by(2) {
            speaker.say(&head(stream, 6)).await;
            let refused = speaker.hear_of(HEADERS).await.unwrap();
            assert_eq!(refused.stream, stream);
            // Said in full once, and then by an index of the server's own.
            let expected = (stream == 1).then_some(431);
            assert_eq!(refused.status(), expected);
        }
        speaker.say(&call(1001, PING)).await;
        let answer = speaker.hear_of(HEADERS).await.unwrap();
        assert_eq!((answer.stream, answer.status()), (1001, Some(200)));
    };
    others.are_served_during(little_more_than_allowed).await;
    // 48 MB in a head of 16 KB end the connection.
    let bombing = async || {
        let mut speaker = Speaker::connect(address).await;
        speaker.say(&head(1, 12_000)).await;
        let frames = speaker.hear_all().await;
        assert!(
            frames.iter().all(|frame| frame.kind != HEADERS),
            "{frames:?}"
        );
    };
    others.are_served_during(bombing).await;
    others.were_served().await;
}
