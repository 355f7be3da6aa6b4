//! What a server says on a connection: an answer of HTTP, and then messages.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

/// The answer to a handshake.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
}

/// Splits what was heard into the answer and what follows. `None` where not even an answer came.
pub(super) fn head(heard: &[u8]) -> Option<(Head, &[u8])> {
    let end = heard.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&heard[..end]).expect("a head of text");
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?;
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").expect("a header");
        let name = HeaderName::try_from(name).expect("a name");
        (name, HeaderValue::try_from(value).expect("a value"))
    });
    let head = Head {
        status: status.parse().expect("a status"),
        headers: headers.collect(),
    };
    Some((head, &heard[end + 4..]))
}

/// A message of the server's.
#[derive(Debug)]
pub(super) enum Said<'a> {
    Binary(&'a [u8]),
    Close(&'a [u8]),
    /// PING or PONG of RFC 6455.
    Sign,
}

/// The messages, as far as they are whole: a connection may be given up in the midst of one.
pub(super) fn messages(mut bytes: &[u8]) -> Vec<Said<'_>> {
    let mut messages = Vec::new();
    while let Some((said, rest)) = next(bytes) {
        messages.push(said);
        bytes = rest;
    }
    messages
}

fn next(bytes: &[u8]) -> Option<(Said<'_>, &[u8])> {
    let (&[first, length], rest) = bytes.split_first_chunk::<2>()?;
    // No server masks what it says (RFC 6455, section 5.1).
    assert!(length < 0x80, "{bytes:?}");
    let (length, rest) = match length {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u16::from_be_bytes(*length).into(), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length) as usize, rest)
        }
        short => (short.into(), rest),
    };
    let (payload, rest) = rest.split_at_checked(length)?;
    let said = match first {
        0x82 => Said::Binary(payload),
        0x88 => Said::Close(payload),
        0x89 | 0x8a => Said::Sign,
        _ => panic!("{first:#x} is no message of a server's"),
    };
    Some((said, rest))
}
