//! Frames: what one binary message of the socket is.
//!
//! One byte of type, four bytes of stream id (big endian), then the payload. Stream 0 is the socket itself.

use super::reset::Reset;
use super::window::MAX_WINDOW;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::fmt;

/// Type and stream id, in bytes.
const PREFIX: usize = 5;

/// The most bytes of a body in one frame.
pub const MAX_DATA: usize = 65_536;

/// The longest frame, in bytes. Neither side sends more, nor reads it.
pub const MAX_FRAME: usize = PREFIX + MAX_DATA;

/// The most bytes of a PING.
pub const MAX_PING: usize = 8;

const HEAD: u8 = 0x01;
const DATA: u8 = 0x02;
const END: u8 = 0x03;
const RESET: u8 = 0x04;
const WINDOW: u8 = 0x05;
const PING: u8 = 0x06;
const PONG: u8 = 0x07;
const GO_AWAY: u8 = 0x08;

/// One frame.
///
/// ```
/// use iris_core::wire::websocket::Frame;
///
/// let frame = Frame::Data { stream: 1, data: "hi".into() };
/// assert_eq!(&frame.encode()[..], b"\x02\0\0\0\x01hi");
/// assert_eq!(Frame::decode(frame.encode()), Ok(frame));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The client opens a stream; the server's answer on it begins. See [`parse_request`](super::parse_request) and
    /// [`parse_response`](super::parse_response).
    Head {
        /// Not 0.
        stream: u32,
        /// First line and headers, not looked at yet.
        head: Bytes,
    },
    /// A piece of the body.
    Data {
        /// Not 0.
        stream: u32,
        /// At most [`MAX_DATA`] bytes.
        data: Bytes,
    },
    /// This side sends no more DATA. From the server it ends the stream.
    End {
        /// Not 0.
        stream: u32,
    },
    /// The stream is over at once, both ways.
    Reset {
        /// Not 0.
        stream: u32,
        /// Why.
        reason: Reset,
    },
    /// The other side may send so much more DATA.
    Window {
        /// Not 0.
        stream: u32,
        /// In bytes; not 0, at most [`MAX_WINDOW`](super::MAX_WINDOW).
        more: u32,
    },
    /// To be answered by a [`Frame::Pong`] of the same bytes.
    Ping(
        /// At most [`MAX_PING`] bytes.
        Bytes,
    ),
    /// The answer to a [`Frame::Ping`].
    Pong(
        /// The bytes of the PING.
        Bytes,
    ),
    /// The server takes no new streams. Those that run may finish.
    GoAway {
        /// The last stream that was looked at; those after it may be sent again elsewhere.
        last: u32,
    },
    /// A type that this version does not know. It means nothing (as in RFC 9113, section 5.5).
    Unknown,
}

/// A message that is no frame. The socket is closed: nobody can tell what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    /// No type and stream.
    TooShort {
        /// In bytes.
        length: usize,
    },
    /// More than [`MAX_FRAME`].
    TooLong {
        /// In bytes.
        length: usize,
    },
    /// The payload is not what frames of this type have.
    Payload {
        /// The frame's name.
        frame: &'static str,
        /// What its payload must be.
        expected: &'static str,
    },
    /// Stream 0 where a stream is needed, or a stream where 0 is.
    Stream {
        /// The frame's name.
        frame: &'static str,
        /// The stream it came on.
        stream: u32,
    },
}

impl Frame {
    /// Reads one binary message. `Bytes` in the frame are parts of it, not copies.
    ///
    /// # Errors
    ///
    /// Where it is no frame. Close the socket with [`FrameError::close_code`] then, and the error as the reason.
    pub fn decode(mut message: Bytes) -> Result<Self, FrameError> {
        let length = message.len();
        if length > MAX_FRAME {
            return Err(FrameError::TooLong { length });
        }
        let Some(&[kind, a, b, c, d]) = message.first_chunk::<PREFIX>() else {
            return Err(FrameError::TooShort { length });
        };
        let stream = u32::from_be_bytes([a, b, c, d]);
        message.advance(PREFIX);
        let payload = message;
        let of_a_stream = |frame| match stream {
            0 => Err(FrameError::Stream { frame, stream }),
            _ => Ok(()),
        };
        let of_the_socket = |frame| match stream {
            0 => Ok(()),
            _ => Err(FrameError::Stream { frame, stream }),
        };
        let wrong = |frame, expected| FrameError::Payload { frame, expected };
        match kind {
            HEAD => {
                of_a_stream("HEAD")?;
                Ok(Frame::Head {
                    stream,
                    head: payload,
                })
            }
            DATA => {
                of_a_stream("DATA")?;
                Ok(Frame::Data {
                    stream,
                    data: payload,
                })
            }
            END => {
                of_a_stream("END")?;
                match payload.is_empty() {
                    true => Ok(Frame::End { stream }),
                    false => Err(wrong("END", "empty")),
                }
            }
            RESET => {
                of_a_stream("RESET")?;
                let [reason] = payload[..] else {
                    return Err(wrong("RESET", "one byte"));
                };
                let reason = Reset::from_code(reason);
                Ok(Frame::Reset { stream, reason })
            }
            WINDOW => {
                of_a_stream("WINDOW")?;
                match number(&payload) {
                    Some(more @ 1..=MAX_WINDOW) => Ok(Frame::Window { stream, more }),
                    _ => Err(wrong("WINDOW", "four bytes, a number from 1 to 2147483647")),
                }
            }
            PING | PONG => {
                let frame = if kind == PING { "PING" } else { "PONG" };
                of_the_socket(frame)?;
                if payload.len() > MAX_PING {
                    return Err(wrong(frame, "eight bytes at most"));
                }
                Ok(match kind {
                    PING => Frame::Ping(payload),
                    _ => Frame::Pong(payload),
                })
            }
            GO_AWAY => {
                of_the_socket("GOAWAY")?;
                match number(&payload) {
                    Some(last) => Ok(Frame::GoAway { last }),
                    None => Err(wrong("GOAWAY", "four bytes")),
                }
            }
            _ => Ok(Frame::Unknown),
        }
    }

    /// The binary message of this frame. [`Frame::Unknown`] has type 0, which means nothing.
    ///
    /// It is the sender's to keep to what the fields say of their sizes: the other side refuses the rest.
    pub fn encode(&self) -> Bytes {
        let (kind, stream, payload): (u8, u32, &[u8]) = match self {
            Frame::Head { stream, head } => (HEAD, *stream, head),
            Frame::Data { stream, data } => (DATA, *stream, data),
            Frame::End { stream } => (END, *stream, &[]),
            Frame::Reset { stream, reason } => (RESET, *stream, &[reason.code()]),
            Frame::Window { stream, more } => (WINDOW, *stream, &more.to_be_bytes()),
            Frame::Ping(payload) => (PING, 0, payload),
            Frame::Pong(payload) => (PONG, 0, payload),
            Frame::GoAway { last } => (GO_AWAY, 0, &last.to_be_bytes()),
            Frame::Unknown => (0, 0, &[]),
        };
        let mut message = BytesMut::with_capacity(PREFIX + payload.len());
        message.put_u8(kind);
        message.put_u32(stream);
        message.put_slice(payload);
        message.freeze()
    }

    /// The stream that the frame belongs to; 0 is the socket itself.
    pub fn stream(&self) -> u32 {
        match self {
            Frame::Head { stream, .. }
            | Frame::Data { stream, .. }
            | Frame::End { stream }
            | Frame::Reset { stream, .. }
            | Frame::Window { stream, .. } => *stream,
            Frame::Ping(_) | Frame::Pong(_) | Frame::GoAway { .. } | Frame::Unknown => 0,
        }
    }
}

fn number(payload: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(payload.try_into().ok()?))
}

impl FrameError {
    /// The code to close the socket with.
    pub fn close_code(&self) -> u16 {
        match self {
            FrameError::TooLong { .. } => super::close::TOO_LONG,
            _ => super::close::PROTOCOL_ERROR,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::TooShort { length } => write!(
                formatter,
                "a message of {length} bytes is no frame, which has {PREFIX} at least"
            ),
            FrameError::TooLong { length } => write!(
                formatter,
                "a message of {length} bytes is no frame, which has {MAX_FRAME} at most"
            ),
            FrameError::Payload { frame, expected } => {
                write!(formatter, "the payload of {frame} must be {expected}")
            }
            FrameError::Stream { frame, stream: 0 } => {
                write!(formatter, "{frame} belongs to a stream, and came on 0")
            }
            FrameError::Stream { frame, stream } => {
                write!(
                    formatter,
                    "{frame} belongs to stream 0, and came on {stream}"
                )
            }
        }
    }
}

impl std::error::Error for FrameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_these_bytes() {
        let frames: [(Frame, &[u8]); 8] = [
            (
                Frame::Head {
                    stream: 1,
                    head: "/a.B/C".into(),
                },
                b"\x01\0\0\0\x01/a.B/C",
            ),
            (
                Frame::Data {
                    stream: 0x0102_0304,
                    data: Bytes::new(),
                },
                b"\x02\x01\x02\x03\x04",
            ),
            (Frame::End { stream: u32::MAX }, b"\x03\xff\xff\xff\xff"),
            (
                Frame::Reset {
                    stream: 2,
                    reason: Reset::Refused,
                },
                b"\x04\0\0\0\x02\x01",
            ),
            (
                Frame::Window {
                    stream: 3,
                    more: 131_072,
                },
                b"\x05\0\0\0\x03\0\x02\0\0",
            ),
            (Frame::Ping("12345678".into()), b"\x06\0\0\0\x0012345678"),
            (Frame::Pong(Bytes::new()), b"\x07\0\0\0\0"),
            (Frame::GoAway { last: 9 }, b"\x08\0\0\0\0\0\0\0\x09"),
        ];
        for (frame, bytes) in frames {
            assert_eq!(frame.encode(), bytes, "{frame:?}");
            assert_eq!(Frame::decode(Bytes::from_static(bytes)), Ok(frame));
        }
    }

    #[test]
    fn what_is_no_frame_closes_the_socket_and_says_why() {
        let wrong: [(&[u8], &str); 14] = [
            (
                b"",
                "a message of 0 bytes is no frame, which has 5 at least",
            ),
            (
                b"\x01\0\0\0",
                "a message of 4 bytes is no frame, which has 5 at least",
            ),
            (b"\x01\0\0\0\0/", "HEAD belongs to a stream, and came on 0"),
            (b"\x02\0\0\0\0", "DATA belongs to a stream, and came on 0"),
            (b"\x03\0\0\0\x01a", "the payload of END must be empty"),
            (b"\x04\0\0\0\x01", "the payload of RESET must be one byte"),
            (
                b"\x04\0\0\0\x01\0\0",
                "the payload of RESET must be one byte",
            ),
            (
                b"\x05\0\0\0\x01\0\0\0",
                "the payload of WINDOW must be four bytes, a number from 1 to 2147483647",
            ),
            (
                b"\x05\0\0\0\x01\0\0\0\0",
                "the payload of WINDOW must be four bytes, a number from 1 to 2147483647",
            ),
            (
                b"\x05\0\0\0\x01\x80\0\0\0",
                "the payload of WINDOW must be four bytes, a number from 1 to 2147483647",
            ),
            (
                b"\x06\0\0\0\x00123456789",
                "the payload of PING must be eight bytes at most",
            ),
            (
                b"\x07\0\0\x01\0",
                "PONG belongs to stream 0, and came on 256",
            ),
            (
                b"\x08\0\0\0\0\0\0\0",
                "the payload of GOAWAY must be four bytes",
            ),
            (
                b"\x08\0\0\0\x01\0\0\0\0",
                "GOAWAY belongs to stream 0, and came on 1",
            ),
        ];
        for (bytes, why) in wrong {
            let error = Frame::decode(Bytes::from_static(bytes)).unwrap_err();
            assert_eq!(error.to_string(), why);
            assert_eq!(error.close_code(), 1002);
        }
        let longest = Frame::Data {
            stream: 1,
            data: vec![7; MAX_DATA].into(),
        };
        assert_eq!(Frame::decode(longest.encode()), Ok(longest));
        let longer = Frame::decode(vec![7; MAX_FRAME + 1].into()).unwrap_err();
        assert_eq!(longer.close_code(), 1009);
        assert_eq!(
            longer.to_string(),
            "a message of 65542 bytes is no frame, which has 65541 at most"
        );
    }

    #[test]
    fn types_and_reasons_of_later_versions_are_taken() {
        for kind in [0, 9, 0xff] {
            let message = Bytes::copy_from_slice(&[kind, 0, 0, 0, 0, 1, 2, 3]);
            assert_eq!(Frame::decode(message), Ok(Frame::Unknown));
        }
        let reset = Frame::decode(Bytes::from_static(b"\x04\0\0\0\x01\x63"));
        let reason = Reset::Internal;
        assert_eq!(reset, Ok(Frame::Reset { stream: 1, reason }));
    }
}
