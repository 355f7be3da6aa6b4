//! Connections that mean no good.

use crate::Outcome;
use crate::load::Done;
use crate::server::Doors;
use iris_core::wire::compression::Compression;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What each is held open for after it has said its words, at most.
const LONGEST: u64 = 2000;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Connects until it is aborted.
pub(crate) async fn connect(doors: Arc<Doors>, place: usize, done: Arc<Done>) {
    let words = words();
    for turn in place.. {
        // At the second door most of it is no TLS.
        let address = match turn / words.len() % 4 {
            0 => doors.secured,
            _ => doors.plain,
        };
        // It may be turned away, cut off or reset: nobody promised it anything.
        let _ = abuse(address, &words[turn % words.len()], turn).await;
        done.hostile.fetch_add(1, Relaxed);
    }
}

async fn abuse(address: SocketAddr, words: &[u8], turn: usize) -> Outcome {
    let mut socket = TcpStream::connect(address).await?;
    // No answer is ever read.
    let saying = socket.write_all(words);
    let millis = (turn as u64).wrapping_mul(7919) % LONGEST;
    let long = Duration::from_millis(millis);
    let _ = tokio::time::timeout(long, saying).await;
    tokio::time::sleep(long / 4).await;
    Ok(())
}

/// What is said, by each of them in turn.
fn words() -> Vec<Vec<u8>> {
    let http1 = |path: &str, more: &str, body: &[u8]| {
        let head = format!("POST /bench.v1.Bench/{path} HTTP/1.1\r\nhost: x\r\n{more}\r\n");
        [head.as_bytes(), body].concat()
    };
    let http2 = |frames: Vec<u8>| [PREFACE, &frames].concat();
    let mut bomb = Vec::new();
    let packed = Compression::Gzip.compress(&vec![0; 16 << 20], &mut bomb);
    debug_assert!(packed.is_ok());
    let json = "content-type: application/json\r\n";
    let packed = format!(
        "{json}content-encoding: gzip\r\ncontent-length: {}\r\n",
        bomb.len()
    );
    let stream = "content-type: application/connect+json\r\ncontent-length: 29\r\n";
    let resets = (0..2000).flat_map(|index| {
        let stream = 2 * index + 1;
        [open(stream), frame(3, 0, stream, &[0, 0, 0, 8])].concat()
    });
    vec![
        Vec::new(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 the beginning of a handshake".to_vec(),
        b"POST /bench.v1.Bench/Echo HTTP/1.1\r\nhost: ".to_vec(),
        http1("Echo", &format!("x: {}\r\n", "x".repeat(500_000)), b""),
        http1(
            "Echo",
            &format!("{json}content-length: 4000000\r\n"),
            b"{\"text\":\"",
        ),
        http1(
            "Echo",
            &format!("{json}content-length: 1\r\ncontent-length: 2\r\n"),
            b"{}",
        ),
        http1(
            "Echo",
            &format!("{json}transfer-encoding: chunked\r\n"),
            b"ffffffff\r\n{",
        ),
        http1("Echo", &packed, &bomb),
        http1("Chat", stream, b"\0\xff\xff\xff\xff{}"),
        // An answer without end that nobody reads.
        http1(
            "Download",
            stream,
            b"\0\0\0\0\x18{\"messages\":9999999     }",
        ),
        PREFACE[..20].to_vec(),
        http2(open(1)),
        http2((0..1000).flat_map(|index| open(2 * index + 1)).collect()),
        http2(resets.collect()),
        http2(frame(6, 0, 0, &[7; 8]).repeat(10_000)),
        http2(frame(4, 0, 0, &[]).repeat(10_000)),
        http2(
            [
                frame(1, 0, 1, &head()),
                frame(9, 0, 1, &[0x10; 16_000]).repeat(100),
            ]
            .concat(),
        ),
        http2(frame(8, 0, 0, &0x7fff_ffff_u32.to_be_bytes()).repeat(2)),
        b"nonsense\r\n\r\n".repeat(1000),
        socket(Vec::new()),
        socket(b"\xff\x00 no frame of any kind".to_vec()),
        socket((1..=1000).flat_map(download).collect()),
        socket((1..=1000).flat_map(opened_and_reset).collect()),
    ]
}

/// A WebSocket, and what is said on it once it is open.
fn socket(words: Vec<u8>) -> Vec<u8> {
    let handshake = "GET /-/websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        sec-websocket-protocol: iris.v1\r\n\r\n";
    [handshake.as_bytes(), &words].concat()
}

/// A call over a WebSocket whose endless answer nobody reads.
fn download(stream: u32) -> Vec<u8> {
    let head = b"/bench.v1.Bench/Download\ncontent-type: application/connect+json";
    let wanted = b"\0\0\0\0\x18{\"messages\":9999999     }";
    [
        message(1, stream, head),
        message(2, stream, wanted),
        message(3, stream, b""),
    ]
    .concat()
}

/// A call over a WebSocket that is given up at once.
fn opened_and_reset(stream: u32) -> Vec<u8> {
    let head = b"/bench.v1.Bench/Chat\ncontent-type: application/connect+json";
    [message(1, stream, head), message(4, stream, &[0])].concat()
}

/// A frame of `iris.v1` in a binary message of a WebSocket (RFC 6455, section 5.2), with a mask of zeros.
fn message(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len() + 5).unwrap_or(u8::MAX);
    debug_assert!(length < 126);
    let head = [0x82, 0x80 | length, 0, 0, 0, 0, kind];
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default();
    let head = [
        &length.to_be_bytes()[1..],
        &[kind, flags],
        &stream.to_be_bytes(),
    ]
    .concat();
    [&head, payload].concat()
}

/// The beginning of a call, without its message.
fn open(stream: u32) -> Vec<u8> {
    frame(1, 4, stream, &head())
}

/// A head for a POST of JSON, in HPACK (RFC 7541) without compression.
fn head() -> Vec<u8> {
    [
        b"\x83\x86\x04\x14/bench.v1.Bench/Echo".as_slice(),
        b"\x01\x01x",
        b"\x0f\x10\x10application/json",
    ]
    .concat()
}
