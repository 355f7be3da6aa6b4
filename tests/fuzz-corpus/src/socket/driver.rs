//! What is said on a socket, by a peer who keeps to nothing.

use super::heard::{Said, head, messages};
use super::{BINARY, conversation, message};
use crate::input::Input;
use crate::request::service;
use bytes::Bytes;
use http::HeaderMap;
use iris_core::wire::websocket::{Frame, Reset, WINDOW, close, parse_response};
use iris_core::{IrisService, Request, WebSockets};
use std::collections::HashMap;
use std::sync::LazyLock;

const HANDSHAKE: &[u8] =
    b"GET /-/websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: iris.v1\r\n\r\n";

/// Whatever is said on a socket, it ends once its peer has gone; until then it says frames alone, each stream has one
/// answer, and no answer is longer than its reader lets it be.
pub fn driver(bytes: &[u8]) {
    static SERVICE: LazyLock<IrisService<Request>> = LazyLock::new(|| {
        let sockets = WebSockets::new()
            .max_concurrent_streams(4)
            .max_pending_resets(2);
        service().with_websockets(&sockets).expect("sockets")
    });
    let mut said = HANDSHAKE.to_vec();
    let mut given = HashMap::new();
    let mut input = Input::new(bytes);
    while !input.rest().is_empty() {
        said.extend(words(&mut input, &mut given));
    }
    let heard = conversation(&SERVICE, &said);
    let (head, rest) = head(&heard).expect("an answer");
    assert_eq!(head.status, 101);
    let mut streams = HashMap::new();
    let mut closed = false;
    for said in messages(rest) {
        assert!(!closed, "{said:?} after the close");
        match said {
            Said::Binary(frame) => {
                let frame = Frame::decode(Bytes::copy_from_slice(frame)).expect("a frame");
                let stream: &mut Stream = streams.entry(frame.stream()).or_default();
                let more = given.get(&frame.stream()).copied().unwrap_or_default();
                stream.hear(frame, u64::from(WINDOW) + more);
            }
            Said::Close(payload) => {
                closed = true;
                is_close(payload);
            }
            Said::Sign => {}
        }
    }
}

const PATHS: [&str; 8] = [
    "/fuzz.v1.Mirror/Scalars",
    "/fuzz.v1.Mirror/Split",
    "/fuzz.v1.Mirror/Gather",
    "/fuzz.v1.Mirror/Each",
    "/fuzz.v1.Mirror/Wait",
    "/fuzz.v1.Mirror/Decorate",
    "/fuzz.v1.Mirror/Ping",
    "/fuzz.v1.Mirror/Nobody",
];

const CONTENT_TYPES: [&str; 6] = [
    "application/json",
    "application/proto",
    "application/connect+json",
    "application/connect+proto",
    "application/grpc-web+proto",
    "text/html",
];

/// The next thing that is said; counts what is given of the windows.
fn words(input: &mut Input<'_>, given: &mut HashMap<u32, u64>) -> Vec<u8> {
    let (kind, stream) = (input.byte(), u32::from(input.byte()));
    let binary = |frame: Frame| message(BINARY, &frame.encode());
    match kind % 13 {
        0 => binary(open(input, stream)),
        1 => binary(Frame::Data {
            stream,
            data: Bytes::copy_from_slice(input.piece()),
        }),
        2 => binary(Frame::End { stream }),
        3 => binary(Frame::Reset {
            stream,
            reason: Reset::Cancelled,
        }),
        4 => {
            let more = input.u32();
            *given.entry(stream).or_default() += u64::from(more);
            binary(Frame::Window { stream, more })
        }
        5 => {
            let mut call = binary(open(input, stream));
            let data = Bytes::copy_from_slice(input.piece());
            call.extend(binary(Frame::Data { stream, data }));
            call.extend(binary(Frame::End { stream }));
            call
        }
        6 => binary(Frame::Ping(Bytes::copy_from_slice(
            input.take(usize::from(kind >> 4)),
        ))),
        // Much, which fills windows.
        7 => {
            let data = Bytes::from(vec![input.byte(); usize::from(input.u16())]);
            binary(Frame::Data { stream, data }).repeat(1 + usize::from(kind >> 5))
        }
        8 => message(
            BINARY,
            &[&[input.byte()], &stream.to_be_bytes()[..], input.piece()].concat(),
        ),
        9 => message(BINARY, input.piece()),
        // Messages of any kind, and pieces of some.
        10 => message(input.byte(), input.piece()),
        11 => open(input, stream).encode().to_vec(),
        // What is no message at all.
        _ => input.piece().to_vec(),
    }
}

fn open(input: &mut Input<'_>, stream: u32) -> Frame {
    let (path, content_type) = (input.one_of(&PATHS), input.one_of(&CONTENT_TYPES));
    let mut text = format!("{path}\ncontent-type: {content_type}").into_bytes();
    if input.byte() & 1 != 0 {
        text.extend(input.piece());
    }
    let head = text.into();
    Frame::Head { stream, head }
}

/// What was heard on a stream.
#[derive(Debug, Default)]
struct Stream {
    headers: Option<HeaderMap>,
    bytes: u64,
    over: bool,
}

impl Stream {
    fn hear(&mut self, frame: Frame, window: u64) {
        match frame {
            Frame::Head { head, .. } => {
                assert!(self.headers.is_none() && !self.over, "{self:?}");
                let head = parse_response(&head).expect("a head");
                assert!((200..600).contains(&head.status.as_u16()), "{head:?}");
                self.headers = Some(head.headers);
            }
            Frame::Data { data, .. } => {
                assert!(self.headers.is_some() && !self.over, "{self:?}");
                self.bytes += data.len() as u64;
                assert!(self.bytes <= window, "{self:?}");
            }
            Frame::End { .. } => {
                assert!(self.headers.is_some() && !self.over, "{self:?}");
                self.over = true;
            }
            Frame::Reset { .. } => {
                assert!(!self.over, "{self:?}");
                self.over = true;
            }
            Frame::Window { .. } | Frame::Pong(_) | Frame::GoAway { .. } => {}
            Frame::Ping(_) | Frame::Unknown => panic!("{frame:?}"),
        }
    }
}

/// Why the socket was closed: a code and text, or nothing where the peer gave no reason either.
fn is_close(payload: &[u8]) {
    let Some((code, reason)) = payload.split_first_chunk() else {
        assert!(payload.is_empty(), "{payload:?}");
        return;
    };
    let code = u16::from_be_bytes(*code);
    let own = [
        close::GOING_AWAY,
        close::PROTOCOL_ERROR,
        close::POLICY,
        close::TOO_LONG,
    ];
    // Whoever closes first hears its own code.
    assert!(
        own.contains(&code) || (1000..5000).contains(&code),
        "{code}"
    );
    assert!(
        std::str::from_utf8(reason).is_ok() && reason.len() <= 123,
        "{reason:?}"
    );
}
