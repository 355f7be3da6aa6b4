//! What is said by callers who want one connection to cost much, and what it may cost.

use crate::spoken::{PREFACE, frame, frames, head, message_of, open, socket};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use iris_core::wire::compression::Compression;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Twice the limit for messages, which is 4 MiB: a vector that grows holds what it had and what it gets. Brotli
/// has windows of up to 16 MiB besides.
pub(crate) const BOUND: usize = 12 * MIB;

/// An element takes 48 bytes once it is decoded. So many of them double with each growth, and are there twice for a moment.
const ELEMENTS: usize = 200 * MIB;

/// More than a message may have.
pub(crate) static ZEROS: [u8; 5 * MIB] = [0; 5 * MIB];

const HANG: &str = "/testing.v1.Failures/Hang";
const ECHO: &str = "/testing.v1.Shapes/Echo";
const CHAT: &str = "/testing.v1.Shapes/Chat";
const TREE: &str = "/testing.v1.Shapes/Tree";
const PING: &str = "/testing.v1.Shapes/Ping";

pub(crate) struct Attack {
    pub(crate) what: String,
    pub(crate) said: Vec<u8>,
    /// In bytes.
    pub(crate) bound: usize,
    pub(crate) answered: Answered,
}

/// What the answer must have in it.
pub(crate) enum Answered {
    Text(&'static [u8]),
    /// A frame of HTTP/2 of this type, and this in its payload.
    Frame(u8, &'static [u8]),
}

/// Types of frames (RFC 9113, section 6).
pub(crate) const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
pub(crate) const GOAWAY: u8 = 7;

/// Reasons (RFC 9113, section 7).
const REFUSED: &[u8] = b"\0\0\0\x07";
const CALM: &[u8] = b"\0\0\0\x0b";

/// `rpc-status: 8`, as it is written in base64 where a group of four begins with it.
const EXHAUSTED_TEXT: &[u8] = b"cnBjLXN0YXR1czogOA0K";

/// `grpc-status: 8`, as it is written in HPACK with Huffman's code.
const EXHAUSTED: &[u8] = b"\x88\x9a\xca\xc8\xb2\x12\x34\xda\x8f\x81\x7b";

/// The status 431: a name of the static table, and three digits in Huffman's code.
const TOO_LARGE: &[u8] = b"\x83\x69\x90\xff";

impl Answered {
    pub(crate) fn is_in(&self, heard: &[u8]) -> bool {
        match *self {
            Answered::Text(text) => has(heard, text),
            Answered::Frame(kind, part) => {
                each_frame(heard).any(|(head, payload)| head[3] == kind && has(payload, part))
            }
        }
    }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

/// The heads and payloads of what came in HTTP/2.
pub(crate) fn each_frame(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 9], &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = bytes.split_first_chunk::<9>()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (payload, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((head, payload))
    })
}

pub(crate) fn all() -> Vec<Attack> {
    let mut all = messages();
    for &compression in Compression::ALL {
        all.extend(bombs(compression));
    }
    all.extend(http2());
    all.extend(websocket());
    all
}

fn attack(what: &str, said: Vec<u8>, bound: usize, answered: &'static [u8]) -> Attack {
    Attack {
        what: what.to_owned(),
        said,
        bound,
        answered: Answered::Text(answered),
    }
}

/// The same by HTTP/2, which is answered with such a frame.
fn by_http2(what: &str, said: Vec<u8>, bound: usize, kind: u8, part: &'static [u8]) -> Attack {
    Attack {
        answered: Answered::Frame(kind, part),
        ..attack(what, said, bound, b"")
    }
}

/// A call by HTTP/1.1.
fn post(path: &str, kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/{kind}\r\n{more}\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The same message in the address (Connect, "Unary-Get-Request").
fn get(compression: &str, message: &[u8]) -> Vec<u8> {
    let message = URL_SAFE_NO_PAD.encode(message);
    format!(
        "GET {ECHO}?connect=v1&encoding=json&compression={compression}&base64=1&message={message} HTTP/1.1\r\n\
         host: x\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

pub(crate) fn envelope(flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[flags][..], &length.to_be_bytes(), payload].concat()
}

fn packed(compression: Compression, message: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    compression.compress(message, &mut packed).unwrap();
    packed
}

fn messages() -> Vec<Attack> {
    let lying = post(CHAT, "connect+json", "", b"\0\xff\xff\xff\xff{}");
    let unknown = envelope(4, &ZEROS[..4 * MIB]);
    let twice = packed(Compression::Gzip, &ZEROS);
    let twice = packed(Compression::Gzip, &twice);
    let member = packed(Compression::Gzip, b"");
    let members = member.repeat(4 * MIB / member.len());
    let gzip = "content-encoding: gzip\r\n";
    let json = [
        r#"{"children":[{"inner":{}},"#.repeat(5000),
        "]}".repeat(5000),
    ]
    .concat();
    let mut nested = Vec::new();
    for _ in 0..5000 {
        let mut outer = vec![0x12];
        let mut length = nested.len();
        while length > 127 {
            outer.push((length & 127) as u8 | 128);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend(nested);
        nested = outer;
    }
    // Within the limit, each element in two bytes; what is wrong with the message comes after them.
    let elements = [b"\x12\0".repeat(2_000_000), vec![0]].concat();
    let elements = packed(Compression::Gzip, &elements);
    let what = format!(
        "{} bytes of gzip for 2,000,000 empty elements",
        elements.len()
    );
    vec![
        attack("a message of 4 GiB announced", lying, 290 * KIB, b"913"),
        attack(
            "4 MiB with flags that nobody knows",
            post(CHAT, "connect+json", "", &unknown),
            BOUND,
            b"unknown flags",
        ),
        attack(
            "a bomb of 5 MiB within gzip",
            post(ECHO, "json", gzip, &twice),
            BOUND,
            b"910",
        ),
        attack(
            "a bomb of 5 MiB within gzip, to be unpacked twice",
            post(ECHO, "json", "content-encoding: gzip, gzip\r\n", &twice),
            290 * KIB,
            b"unimplemented",
        ),
        attack(
            "a bomb of 5 MiB within gzip, in an envelope",
            post(CHAT, "connect+json", gzip, &twice),
            290 * KIB,
            b"unimplemented",
        ),
        attack(
            &what,
            post(TREE, "proto", gzip, &elements),
            ELEMENTS,
            b"910",
        ),
        attack(
            "4 MiB of empty gzip members",
            post(ECHO, "json", gzip, &members),
            BOUND,
            b"910",
        ),
        attack(
            "5,000 levels of JSON",
            post(TREE, "json", "", json.as_bytes()),
            MIB,
            b"910",
        ),
        attack(
            "5,000 levels of protobuf",
            post(TREE, "proto", "", &nested),
            370 * KIB,
            b"910",
        ),
    ]
}

/// A message of this compression that has over 4 MiB, and what it may take.
pub(crate) fn bomb(compression: Compression) -> (Vec<u8>, usize) {
    let bomb = match compression {
        Compression::Zstd => zstd(),
        Compression::Brotli => brotli(),
        _ => packed(compression, &ZEROS),
    };
    let window = match compression.as_str() {
        "br" => 16 * MIB,
        _ => 0,
    };
    (bomb, BOUND + window)
}

/// A bomb in each protocol.
fn bombs(compression: Compression) -> Vec<Attack> {
    let (bomb, bound) = bomb(compression);
    let name = compression.as_str();
    let enveloped = envelope(1, &bomb);
    let stream = format!("connect-content-encoding: {name}\r\n");
    let grpc = format!("grpc-encoding: {name}\r\n");
    let literal = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let grpc_head = [
        head(CHAT, "grpc+json"),
        vec![0x00],
        literal("grpc-encoding"),
        literal(name),
    ]
    .concat();
    let pieces = enveloped.chunks(16_384).collect::<Vec<_>>();
    let data = pieces.iter().enumerate().flat_map(|(index, piece)| {
        let end = u8::from(index + 1 == pieces.len());
        frame(0, end, 1, piece)
    });
    let grpc_call = [
        PREFACE,
        &frame(1, 4, 1, &grpc_head),
        &data.collect::<Vec<_>>(),
    ]
    .concat();
    [
        (
            "Connect",
            post(
                ECHO,
                "json",
                &format!("content-encoding: {name}\r\n"),
                &bomb,
            ),
            Answered::Text(b"913"),
        ),
        (
            "a stream of Connect",
            post(CHAT, "connect+json", &stream, &enveloped),
            Answered::Text(b"resource_exhausted"),
        ),
        (
            "gRPC-Web",
            post(CHAT, "grpc-web+json", &grpc, &enveloped),
            Answered::Text(b"grpc-status: 8"),
        ),
        (
            "gRPC-Web in base64",
            post(
                CHAT,
                "grpc-web-text+json",
                &grpc,
                STANDARD.encode(&enveloped).as_bytes(),
            ),
            Answered::Text(EXHAUSTED_TEXT),
        ),
        ("gRPC", grpc_call, Answered::Frame(HEADERS, EXHAUSTED)),
        ("GET", get(name, &bomb), Answered::Text(b"913")),
        (
            "WebSocket",
            socket(
                [
                    open(1, CHAT, &format!("connect+json\n{}", stream.trim_end())),
                    frames(1, &enveloped),
                ]
                .concat(),
            ),
            Answered::Text(b"resource_exhausted"),
        ),
    ]
    .map(|(protocol, said, answered)| {
        let what = format!(
            "{} bytes of {compression} for 5 MiB, {protocol}",
            bomb.len()
        );
        Attack {
            answered,
            ..attack(&what, said, bound, b"")
        }
    })
    .into()
}

/// Zeros, of which the decoder is told to keep 16 MiB: the first four bits say so (RFC 7932, section 9.1), and nothing
/// that follows depends on it.
fn brotli() -> Vec<u8> {
    let mut packed = packed(Compression::Brotli, &ZEROS);
    assert_eq!(packed[0] & 1, 1, "a window that four bits name");
    packed[0] |= 0x0f;
    packed
}

/// A frame of Zstandard (RFC 8878, section 3.1.1) with the largest window that is let in, 8 MiB, and blocks of one byte
/// that is repeated.
fn zstd() -> Vec<u8> {
    let block = 128 * KIB as u32;
    let count = ZEROS.len() / block as usize;
    let blocks = (1..=count).flat_map(|index| {
        let last = u32::from(index == count);
        let header = (block << 3 | 1 << 1 | last).to_le_bytes();
        [header[0], header[1], header[2], 0]
    });
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3];
    frame.into_iter().chain(blocks).collect()
}

fn http2() -> Vec<Attack> {
    let streams = |count: u32, each: &dyn Fn(u32) -> Vec<u8>| {
        let said = (0..count).flat_map(|index| each(2 * index + 1));
        [PREFACE.to_vec(), said.collect()].concat()
    };
    let opened = |stream, path| frame(1, 4, stream, &head(path, "json"));
    let begun = |stream| [opened(stream, HANG), frame(0, 1, stream, b"{}")].concat();
    let literal = [&b"\x00\x01x\x7f\xe9\x06"[..], &[b'y'; 1000]].concat();
    let indexed = [
        &b"\x40\x01x\x7f\xa1\x1e"[..],
        &[b'y'; 4000],
        &[0xbe; 12_000],
    ]
    .concat();
    let begins = frame(1, 1, 1, &head(PING, "json"));
    let large = [
        PREFACE,
        &begins,
        &frame(9, 0, 1, &literal.repeat(16)).repeat(2),
    ];
    let large = [&large.concat()[..], &frame(9, 4, 1, &literal.repeat(16))].concat();
    let without_end = [PREFACE, &begins, &frame(9, 0, 1, &literal).repeat(10_000)].concat();
    let repeated = [head(PING, "json"), indexed].concat();
    let repeated = [PREFACE, &frame(1, 5, 1, &repeated)].concat();
    let empty = [
        PREFACE,
        &opened(1, ECHO),
        &frame(0, 0, 1, b"").repeat(200_000),
    ]
    .concat();
    let continued = [PREFACE, &begins, &frame(9, 0, 1, b"").repeat(200_000)].concat();
    let overflow = 0x7fff_ffff_u32.to_be_bytes();
    vec![
        by_http2(
            "10,000 calls over the limit, HTTP/2",
            streams(10_000, &|stream| opened(stream, HANG)),
            1200 * KIB,
            RST_STREAM,
            REFUSED,
        ),
        by_http2(
            "10,000 calls given up at once, HTTP/2",
            streams(10_000, &|stream| {
                [opened(stream, HANG), frame(3, 0, stream, &[0, 0, 0, 8])].concat()
            }),
            380 * KIB,
            GOAWAY,
            CALM,
        ),
        // Nobody waits for an answer to one of them.
        by_http2(
            "10,000 calls given up once they run, HTTP/2",
            streams(10_000, &|stream| {
                [begun(stream), frame(3, 0, stream, &[0, 0, 0, 8])].concat()
            }),
            400 * KIB,
            SETTINGS,
            b"",
        ),
        by_http2(
            "10,000 resets that the server is made to send, HTTP/2",
            streams(10_000, &|stream| {
                [opened(stream, HANG), frame(8, 0, stream, &overflow)].concat()
            }),
            1400 * KIB,
            GOAWAY,
            CALM,
        ),
        by_http2("200,000 empty DATA, HTTP/2", empty, 300 * KIB, GOAWAY, CALM),
        by_http2(
            "200,000 empty CONTINUATION, HTTP/2",
            continued,
            300 * KIB,
            GOAWAY,
            CALM,
        ),
        by_http2(
            "a window beyond the largest, HTTP/2",
            [PREFACE, &begun(1), &frame(4, 0, 0, &[0, 4, 0x80, 0, 0, 0])].concat(),
            300 * KIB,
            GOAWAY,
            b"\0\0\0\x01",
        ),
        by_http2(
            "48 KB of metadata, HTTP/2",
            large,
            450 * KIB,
            HEADERS,
            TOO_LARGE,
        ),
        by_http2(
            "CONTINUATION without end, HTTP/2",
            without_end,
            300 * KIB,
            GOAWAY,
            CALM,
        ),
        by_http2(
            "48 MB of metadata in 16 KB of HPACK, HTTP/2",
            repeated,
            330 * KIB,
            GOAWAY,
            b"",
        ),
    ]
}

fn websocket() -> Vec<Attack> {
    let streams =
        |count: u32, each: &dyn Fn(u32) -> Vec<u8>| socket((1..=count).flat_map(each).collect());
    let reset = |stream| message_of(4, stream, &[0]);
    vec![
        attack(
            "10,000 calls over the limit, WebSocket",
            streams(10_000, &|stream| open(stream, HANG, "json")),
            4 * MIB,
            b"101",
        ),
        attack(
            "10,000 calls given up at once, WebSocket",
            streams(10_000, &|stream| {
                [open(stream, HANG, "json"), reset(stream)].concat()
            }),
            420 * KIB,
            b"101",
        ),
        attack(
            "10,000 resets that the server is made to send, WebSocket",
            streams(10_000, &|stream| {
                let end = message_of(3, stream, b"");
                [open(stream, HANG, "json"), frames(stream, b"{}"), end].concat()
            }),
            430 * KIB,
            b"101",
        ),
    ]
}
