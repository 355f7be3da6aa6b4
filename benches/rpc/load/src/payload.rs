//! Requests as bytes, made once.
//!
//! Payloads are written as JSON values and turned into messages by their descriptors, so that every format says the same.

use crate::Outcome;
use crate::row::{Peer, Row, Wire, Work};
use bytes::{BufMut, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TE};
use http::{HeaderValue, Request, Version};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage};
use rpc_peer::TEXT;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Records in a log message.
const RECORDS: u64 = rpc_peer::RECORDS;
/// Messages in a stream.
const MESSAGES: usize = rpc_peer::MESSAGES;
/// Messages of an upload in a frame. One each would be fewer than 256 bytes a frame, and servers that read such frames
/// more slowly than they come end the connection: h2 counts them and takes them for an attack.
const FRAME: usize = 16;
/// Bytes of a large message.
const MEBIBYTE: usize = 1 << 20;

/// The messages, as `build.rs` compiled them.
const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/messages.binpb"));

/// A request, ready to be sent again and again.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    pub(crate) work: Work,
    pub(crate) wire: Wire,
    /// All but the body.
    pub(crate) head: Request<()>,
    /// The body: what is sent in a frame each.
    pub(crate) frames: Vec<Bytes>,
    /// What the bytes of an answer must say.
    expected: Expected,
}

#[derive(Debug, Clone)]
struct Expected {
    message: DynamicMessage,
    times: usize,
}

impl Payload {
    /// The request of a row, for the server of this peer at this address.
    pub(crate) fn new(row: &Row, peer: Peer, address: SocketAddr) -> Outcome<Payload> {
        let pool = DescriptorPool::decode(DESCRIPTORS)?;
        let (request, answer) = said(row.work);
        let message = encoded(row.wire, &message(&pool, request)?)?;
        let framed = row.wire.is_grpc() || row.work.streams();
        let frame = match framed {
            true => enveloped(&message),
            false => message,
        };
        let frames = match row.work {
            Work::Upload => frames(&frame),
            _ => vec![frame],
        };
        Ok(Payload {
            work: row.work,
            wire: row.wire,
            head: head(row, peer, address, &frames)?,
            frames,
            expected: Expected {
                message: self::message(&pool, answer)?,
                times: match row.work {
                    Work::Download => MESSAGES,
                    _ => 1,
                },
            },
        })
    }

    /// Whether the body of an answer says what it should.
    pub(crate) fn check(&self, body: &[u8]) -> Outcome {
        let messages = match self.wire.is_grpc() || self.work.streams() {
            true => opened(body)?,
            false => vec![body],
        };
        if messages.len() != self.expected.times {
            let (got, wanted) = (messages.len(), self.expected.times);
            return Err(format!("{got} messages came, and {wanted} should").into());
        }
        for bytes in messages {
            let descriptor = self.expected.message.descriptor();
            let got = match self.wire.is_json() {
                true => {
                    let mut json = serde_json::Deserializer::from_slice(bytes);
                    DynamicMessage::deserialize(descriptor, &mut json)?
                }
                false => DynamicMessage::decode(descriptor, bytes)?,
            };
            if got != self.expected.message {
                return Err("a message says something else than it should".into());
            }
        }
        Ok(())
    }
}

/// The message of a request in the binary format, of which each peer's own client makes its own.
pub(crate) fn request(work: Work) -> Outcome<Vec<u8>> {
    let pool = DescriptorPool::decode(DESCRIPTORS)?;
    let (request, _) = said(work);
    Ok(message(&pool, request)?.encode_to_vec())
}

type Said = (&'static str, Value);

/// What is asked and answered: the names of messages, and what is in them.
fn said(work: Work) -> (Said, Said) {
    let text = json!({ "text": "x".repeat(TEXT) });
    match work {
        Work::Echo | Work::Chat => (("Text", text.clone()), ("Text", text)),
        Work::Log => (("LogBatch", log()), ("Count", json!({ "count": RECORDS }))),
        Work::Large => {
            let data = json!({ "data": format!("{}eA==", "eHh4".repeat(MEBIBYTE / 3)) });
            (("Blob", data.clone()), ("Blob", data))
        }
        Work::Download => {
            let wanted = json!({ "messages": MESSAGES, "bytes": TEXT });
            (("Wanted", wanted), ("Text", text))
        }
        Work::Upload => (("Text", text), ("Count", json!({ "count": MESSAGES }))),
    }
}

fn frames(message: &Bytes) -> Vec<Bytes> {
    let mut frames = vec![Bytes::from(message.repeat(FRAME)); MESSAGES / FRAME];
    match MESSAGES % FRAME {
        0 => {}
        rest => frames.push(message.repeat(rest).into()),
    }
    frames
}

fn message(pool: &DescriptorPool, (name, value): (&str, Value)) -> Outcome<DynamicMessage> {
    let descriptor = pool.get_message_by_name(&format!("bench.v1.{name}"));
    let descriptor = descriptor.ok_or_else(|| format!("no message is called {name}"))?;
    Ok(DynamicMessage::deserialize(descriptor, value)?)
}

fn encoded(wire: Wire, message: &DynamicMessage) -> Outcome<Bytes> {
    Ok(match wire.is_json() {
        true => serde_json::to_vec(message)?.into(),
        false => message.encode_to_vec().into(),
    })
}

fn head(row: &Row, peer: Peer, address: SocketAddr, frames: &[Bytes]) -> Outcome<Request<()>> {
    let mut head = Request::post(format!("http://{address}{}", row.work.path(peer)))
        .version(Version::HTTP_2)
        .body(())?;
    let content_type = match (row.wire, row.work.streams()) {
        (Wire::Own, _) => return Err("only the peer's own client speaks that".into()),
        (Wire::Grpc, _) => "application/grpc",
        (Wire::GrpcJson, _) => "application/grpc+json",
        (Wire::Connect, false) => "application/proto",
        (Wire::Connect, true) => "application/connect+proto",
        (Wire::ConnectJson, false) => "application/json",
        (Wire::ConnectJson, true) => "application/connect+json",
    };
    let headers = head.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    match row.wire.is_grpc() {
        true => {
            headers.insert(TE, HeaderValue::from_static("trailers"));
        }
        false => {
            headers.insert("connect-protocol-version", HeaderValue::from_static("1"));
            if !row.work.streams() {
                let length: usize = frames.iter().map(Bytes::len).sum();
                headers.insert(CONTENT_LENGTH, length.into());
            }
        }
    }
    Ok(head)
}

fn enveloped(message: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(message.len() + 5);
    bytes.put_u8(0);
    bytes.put_u32(message.len() as u32);
    bytes.put_slice(message);
    bytes.freeze()
}

/// The messages in a body, without the envelope that ends a stream in Connect.
fn opened(mut body: &[u8]) -> Outcome<Vec<&[u8]>> {
    let mut messages = Vec::new();
    while let Some((head, rest)) = body.split_first_chunk::<5>() {
        let [flags, length @ ..] = *head;
        let length = u32::from_be_bytes(length) as usize;
        let (message, rest) = rest
            .split_at_checked(length)
            .ok_or("an envelope is cut off")?;
        match flags {
            0 => messages.push(message),
            2 if !message.windows(7).any(|part| part == b"\"error\"") => {}
            2 => return Err(String::from_utf8_lossy(message).into()),
            _ => return Err(format!("an envelope has the flags {flags}").into()),
        }
        body = rest;
    }
    Ok(messages)
}

/// Some 9 KiB, as a service writes them.
fn log() -> Value {
    let severities = [
        "SEVERITY_DEBUG",
        "SEVERITY_INFO",
        "SEVERITY_INFO",
        "SEVERITY_WARNING",
        "SEVERITY_ERROR",
    ];
    let records: Vec<Value> = (0..RECORDS)
        .map(|number| {
            json!({
                "timeUnixNanos": (1_764_000_000_000_000_000 + number * 1_234_567).to_string(),
                "severity": severities[number as usize % severities.len()],
                "text": format!("order {} was paid after {} attempts", 90_000 + number * 37, number % 4 + 1),
                "place": { "host": format!("shop-{:02}", number % 12), "service": "checkout", "process": 4000 + number },
                "labels": [
                    { "name": "region", "value": "eu-central" },
                    { "name": "customer", "value": format!("c-{}", number * 7919) },
                    { "name": "route", "value": "/orders/{id}/payments" },
                ],
                "traceId": format!("AAECAwQFBgcICQoLDA0O{}A==", char::from(b'A' + (number % 26) as u8)),
                "durationMicros": (number as i64 * 1717 - 3).to_string(),
                "sampled": number % 2 == 0,
            })
        })
        .collect();
    json!({ "records": records })
}
