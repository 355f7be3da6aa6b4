//! What connections hold that go no further.

use crate::measured::{Measured, row};
use crate::spoken::{PREFACE, frame, frames, head, length, message_of, open, socket};
use std::net::{SocketAddr, TcpStream};
use tokio::io::AsyncWriteExt;

const KIB: usize = 1024;

/// Few enough for a process that may open 1,024 files, both ends counted.
const MANY: usize = 400;

const HANG: &str = "/testing.v1.Failures/Hang";
const FLOOD: &str = "/testing.v1.Failures/Flood";
const ECHO: &str = "/testing.v1.Shapes/Echo";
const UNREAD: &str = "/testing.v1.Unread/Wait";
const CHAT: &str = "/testing.v1.Shapes/Chat";
const BLOB: &str = "/testing.v1.Shapes/Blob";

pub(crate) async fn measure() {
    let server = Measured::start().await;
    println!("\n| a connection | holds | bound |\n|---|---|---|");
    let http1 = |path, kind, length, body: &[u8]| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/{kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let http2 = |frames: Vec<u8>| [PREFACE, &frames].concat();
    let streams = |each: &dyn Fn(u32) -> Vec<u8>| -> Vec<u8> {
        (0..200).flat_map(|index| each(2 * index + 1)).collect()
    };
    let long_head = format!("POST / HTTP/1.1\r\nx: {}", "x".repeat(390 * KIB));
    let piece = [b' '; 5000];
    for (what, connections, said, bound) in [
        ("that says nothing", MANY, Vec::new(), 11 * KIB),
        ("of TLS that says nothing", MANY, Vec::new(), 10 * KIB),
        (
            "of TLS within its first record",
            MANY,
            [b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc", &piece[..]].concat(),
            60 * KIB,
        ),
        (
            "within a head of HTTP/1.1",
            MANY,
            b"POST / HTTP/1.1\r\nhost: ".to_vec(),
            80 * KIB,
        ),
        (
            "within a head of 390 KiB",
            20,
            long_head.into_bytes(),
            1536 * KIB,
        ),
        (
            "within a body of which 4 MiB are announced",
            MANY,
            http1(ECHO, "json", 4 << 20, b"{"),
            80 * KIB,
        ),
        (
            "within a message of which 4 MiB are announced",
            MANY,
            http1(CHAT, "connect+json", 4 << 20, b"\0\0\x3f\xff\xff{"),
            80 * KIB,
        ),
        (
            "within a body of which 4 MiB are announced and 20 KB come",
            MANY,
            http1(ECHO, "json", 4 << 20, &[b' '; 20_000]),
            512 * KIB,
        ),
        (
            "that hangs in a call of HTTP/1.1",
            MANY,
            http1(HANG, "json", 2, b"{}"),
            80 * KIB,
        ),
        (
            "that does not read an answer of HTTP/1.1, messages of 100 KB without end",
            20,
            http1(FLOOD, "connect+json", 7, b"\0\0\0\0\x02{}"),
            3 * 1024 * KIB,
        ),
        (
            "of HTTP/2 without a call",
            MANY,
            http2(Vec::new()),
            96 * KIB,
        ),
        (
            "of HTTP/2 within a head",
            MANY,
            http2(frame(1, 0, 1, &head(ECHO, "json"))),
            96 * KIB,
        ),
        (
            "of HTTP/2 with 200 calls that hang",
            20,
            http2(streams(&|stream| {
                let open = frame(1, 4, stream, &head(HANG, "json"));
                [open, frame(0, 1, stream, b"{}")].concat()
            })),
            3 * 1024 * KIB,
        ),
        (
            "of HTTP/2 with 200 bodies that stop, 1 MB in all",
            20,
            http2(streams(&|stream| {
                let open = frame(1, 4, stream, &head(ECHO, "json"));
                [open, frame(0, 0, stream, &piece)].concat()
            })),
            6 * 1024 * KIB,
        ),
        (
            "of HTTP/2 with 200 bodies of which 4 MiB are announced and 2 KB come",
            20,
            http2(streams(&|stream| {
                let head = [head(ECHO, "json"), length("4194304")].concat();
                let part = frame(0, 0, stream, &piece[..1000]);
                [frame(1, 4, stream, &head), part.repeat(2)].concat()
            })),
            12 * 1024 * KIB,
        ),
        (
            "of HTTP/2 with 200 bodies that nobody reads, all of its window",
            2,
            http2(
                [
                    // The windows of streams are as large once the server's settings were acknowledged.
                    frame(4, 1, 0, b""),
                    streams(&|stream| {
                        let open = frame(1, 4, stream, &head(UNREAD, "connect+json"));
                        [open, frame(0, 0, stream, &[b' '; 16_384]).repeat(10)].concat()
                    }),
                ]
                .concat(),
            ),
            90 * 1024 * KIB,
        ),
        (
            "of HTTP/2 with 60,000 pieces of one byte that nobody reads",
            2,
            http2(
                [
                    frame(1, 4, 1, &head(UNREAD, "connect+json")),
                    frame(0, 0, 1, b" ").repeat(60_000),
                ]
                .concat(),
            ),
            45 * 1024 * KIB,
        ),
        (
            "of HTTP/2 that does not read 200 answers, messages of 100 KB without end",
            5,
            http2(streams(&|stream| {
                let open = frame(1, 4, stream, &head(FLOOD, "connect+json"));
                [open, frame(0, 1, stream, b"\0\0\0\0\x02{}")].concat()
            })),
            200 * 600 * KIB,
        ),
        (
            "of HTTP/2 without a window for 200 answers of 100 KB",
            5,
            http2(unwindowed(0)),
            200 * 300 * KIB,
        ),
        (
            "of HTTP/2 with a window of a byte for 200 answers of 100 KB",
            5,
            http2(unwindowed(1)),
            200 * 300 * KIB,
        ),
        (
            "of a WebSocket without a call",
            MANY,
            socket(Vec::new()),
            80 * KIB,
        ),
        (
            "of a WebSocket within a frame of 64 KiB",
            MANY,
            [
                socket(Vec::new()),
                message_of(2, 1, &[0; 65_536])[..100].to_vec(),
            ]
            .concat(),
            224 * KIB,
        ),
        (
            "of a WebSocket with 200 calls that hang",
            20,
            socket(streams(&|stream| {
                [open(stream, HANG, "json"), frames(stream, b"{}")].concat()
            })),
            3 * 1024 * KIB,
        ),
        (
            "of a WebSocket with 200 bodies that stop, 1 MB in all",
            20,
            socket(streams(&|stream| {
                [open(stream, ECHO, "json"), message_of(2, stream, &piece)].concat()
            })),
            6 * 1024 * KIB,
        ),
        (
            "of a WebSocket with 200 bodies that nobody reads, all of their windows",
            2,
            socket(streams(&|stream| {
                let window = message_of(2, stream, &[b' '; 65_536]).repeat(4);
                [open(stream, UNREAD, "connect+json"), window].concat()
            })),
            120 * 1024 * KIB,
        ),
        (
            "of a WebSocket that does not read 200 answers, messages of 100 KB without end",
            5,
            socket(streams(&|stream| {
                let open = open(stream, FLOOD, "connect+json");
                [open, frames(stream, b"\0\0\0\0\x02{}")].concat()
            })),
            200 * 600 * KIB,
        ),
    ] {
        let before = server.held().await;
        let address = match what.contains("TLS") {
            true => server.secured(),
            false => server.address(),
        };
        let open = opened(&server, address, connections, &said).await;
        let each = server.held().await.saturating_sub(before) / connections;
        assert!(each > KIB, "{what}: it was closed");
        row(what, each, bound);
        drop(open);
        // What is closed is given back, but for room that stays for the next.
        let left = server.held().await.saturating_sub(before);
        let room = 64 * KIB + connections * each / 50;
        assert!(left < room, "{what}: {left} bytes stay");
    }
}

/// 200 calls for 100 KB, of which no more is wanted than this.
fn unwindowed(window: u32) -> Vec<u8> {
    let setting = [&[0, 4], &window.to_be_bytes()[..]].concat();
    let calls = (0..200).flat_map(|index| {
        let stream = 2 * index + 1;
        let open = frame(1, 4, stream, &head(BLOB, "json"));
        // In JSON, which has them in base64.
        [open, frame(0, 1, stream, br#"{"number":"75000"}"#)].concat()
    });
    frame(4, 0, 0, &setting).into_iter().chain(calls).collect()
}

/// So many connections that say this, and then neither say nor hear anything.
async fn opened(
    server: &Measured,
    address: SocketAddr,
    connections: usize,
    said: &[u8],
) -> Vec<TcpStream> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let greeting = said.len().min(PREFACE.len());
        socket.write_all(&said[..greeting]).await.unwrap();
        open.push(socket);
    }
    // By now a server of HTTP/2 has said how much it takes.
    server.held().await;
    for socket in &mut open {
        let rest = said.get(PREFACE.len()..).unwrap_or_default();
        socket.write_all(rest).await.unwrap();
    }
    // Without the runtime's part of them, only the server's ends are counted.
    let open = open.into_iter().map(|socket| socket.into_std().unwrap());
    open.collect()
}
