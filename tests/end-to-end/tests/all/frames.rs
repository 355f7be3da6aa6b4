//! HTTP/2 by hand (RFC 9113), for what no client would do.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// What every client says first.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

pub(crate) const REFUSED_STREAM: u32 = 7;
pub(crate) const CANCEL: u32 = 8;
pub(crate) const ENHANCE_YOUR_CALM: u32 = 11;

/// One frame that was received.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// The reason in a RST_STREAM or GOAWAY.
    pub(crate) fn reason(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }

    /// The status of a response, as HPACK writes those that occur here.
    pub(crate) fn status(&self) -> Option<u16> {
        assert_eq!(self.kind, HEADERS);
        match self.payload[..] {
            // In the static table.
            [0x88, ..] => Some(200),
            // A name of the static table, and three digits in Huffman's code.
            [_, 0x83, 0x69, 0x90, 0xff, ..] => Some(431),
            _ => None,
        }
    }
}

/// The bytes of a frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A whole head for a POST of JSON, in HPACK (RFC 7541) without compression.
pub(crate) fn head(path: &str) -> Vec<u8> {
    head_as(path, "json")
}

/// The same in another format.
fn head_as(path: &str, format: &str) -> Vec<u8> {
    fn text(block: &mut Vec<u8>, text: &str) {
        block.push(u8::try_from(text.len()).unwrap());
        block.extend(text.as_bytes());
    }
    // :method POST and :scheme http are in the static table; so are the names that follow.
    let mut block = vec![0x83, 0x86, 0x04];
    text(&mut block, path);
    block.push(0x01);
    text(&mut block, "localhost");
    block.extend([0x0f, 0x10]);
    text(&mut block, &format!("application/{format}"));
    block
}

/// A whole request without a body, by any method.
pub(crate) fn request(stream: u32, method: &str, path: &str) -> Vec<u8> {
    let mut block = Vec::new();
    // The names are in the static table, and :scheme http is all of it.
    for (name, value) in [(0x02, method), (0x04, path), (0x01, "localhost")] {
        block.extend([name, u8::try_from(value.len()).unwrap()]);
        block.extend(value.as_bytes());
    }
    block.push(0x86);
    frame(HEADERS, END_HEADERS | END_STREAM, stream, &block)
}

/// The beginning of a call, without its message.
pub(crate) fn open(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &head(path))
}

/// The same in another format.
pub(crate) fn open_as(stream: u32, path: &str, format: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &head_as(path, format))
}

/// A call with an empty message.
pub(crate) fn call(stream: u32, path: &str) -> Vec<u8> {
    let mut bytes = open(stream, path);
    bytes.extend(frame(DATA, END_STREAM, stream, b"{}"));
    bytes
}

/// Gives a call up.
pub(crate) fn cancel(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

/// A connection that says what it is told to.
pub(crate) struct Speaker {
    read: OwnedReadHalf,
    write: OwnedWriteHalf,
    answers_pings: bool,
}

impl Speaker {
    /// Connects and says what every client says first.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let (read, write) = TcpStream::connect(address).await.unwrap().into_split();
        let mut speaker = Speaker {
            read,
            write,
            answers_pings: true,
        };
        speaker.say(PREFACE).await;
        speaker.say(&frame(SETTINGS, 0, 0, &[])).await;
        speaker
    }

    /// Leaves the server's questions whether it is there without an answer.
    pub(crate) fn without_pongs(mut self) -> Self {
        self.answers_pings = false;
        self
    }

    /// A server that has had enough no longer listens; that is seen in what it says.
    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        let _ = self.write.write_all(bytes).await;
    }

    /// The next frame; `None` once the connection is closed.
    pub(crate) async fn hear(&mut self) -> Option<Frame> {
        let frame = hear(&mut self.read).await?;
        if self.answers_pings && frame.kind == PING && frame.flags & ACK == 0 {
            self.say(&self::frame(PING, ACK, 0, &frame.payload)).await;
        }
        Some(frame)
    }

    /// The next frame of a kind, those before it passed over; `None` once the connection is closed.
    pub(crate) async fn hear_of(&mut self, kind: u8) -> Option<Frame> {
        loop {
            let frame = self.hear().await?;
            if frame.kind == kind {
                return Some(frame);
            }
        }
    }

    /// Everything up to the end of the connection.
    pub(crate) async fn hear_all(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.hear().await {
            frames.push(frame);
        }
        frames
    }

    /// Says these pieces over and over, one at a time, until the connection is closed; gives the reason of the GOAWAY that
    /// came, if one did.
    pub(crate) async fn drip(self, pieces: &[&[u8]], pace: Duration) -> Option<u32> {
        let Speaker {
            mut read,
            mut write,
            ..
        } = self;
        let saying = async {
            let mut pace = tokio::time::interval(pace);
            for piece in pieces.iter().cycle() {
                pace.tick().await;
                if write.write_all(piece).await.is_err() {
                    return;
                }
            }
        };
        let hearing = async {
            let mut reason = None;
            while let Some(frame) = hear(&mut read).await {
                reason = reason.or((frame.kind == GOAWAY).then(|| frame.reason()));
            }
            reason
        };
        tokio::join!(saying, hearing).1
    }

    /// Says the same over and over, until the connection is closed; gives what came back.
    pub(crate) async fn flood(self, bytes: &[u8]) -> Vec<Frame> {
        let Speaker {
            mut read,
            mut write,
            ..
        } = self;
        let saying = async { while write.write_all(bytes).await.is_ok() {} };
        let hearing = async {
            let mut frames = Vec::new();
            while let Some(frame) = hear(&mut read).await {
                frames.push(frame);
            }
            frames
        };
        tokio::join!(saying, hearing).1
    }
}

async fn hear(read: &mut OwnedReadHalf) -> Option<Frame> {
    let mut head = [0; 9];
    read.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    read.read_exact(&mut payload).await.ok()?;
    Some(framed(head, payload))
}

/// The frames that are whole in these bytes.
pub(crate) fn parsed(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        frames.push(framed(*head, payload.to_vec()));
        bytes = rest;
    }
    frames
}

fn framed(head: [u8; 9], payload: Vec<u8>) -> Frame {
    let [_, _, _, kind, flags, stream @ ..] = head;
    Frame {
        kind,
        flags,
        stream: u32::from_be_bytes(stream),
        payload,
    }
}
