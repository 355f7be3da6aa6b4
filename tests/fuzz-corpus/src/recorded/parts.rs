//! Inputs for the targets that read a part of a message.

use super::{End, Output, Said};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::Uri;
use iris_core::wire::compression::Compression;
use iris_core::wire::envelope::{COMPRESSED, END_STREAM};
use iris_core::wire::grpc_web::TRAILERS;

/// More than any of them unpacks to: they are short.
const LIMIT: u16 = u16::MAX;

pub(super) fn envelopes(said: &Said) -> Option<Vec<u8>> {
    said.is_framed().then(|| {
        let mut output = Output::default();
        output.u16(LIMIT);
        output.byte(last(said));
        output.cuts(&said.body);
        output.before(&said.bytes())
    })
}

/// Which of [`Last::ALL`](crate::chunks::Last::ALL) it is.
pub(crate) fn last(said: &Said) -> u8 {
    match (said.end, &said.trailers) {
        (End::Broken, _) => 2,
        (_, Some(_)) => 1,
        (End::Whole | End::Left, None) => 0,
    }
}

/// The body of a unary call, or the payloads of frames that are compressed.
pub(super) fn packed(said: &Said) -> Vec<Vec<u8>> {
    let named = |compression: &Compression| said.compression() == Some(compression.as_str());
    let index = Compression::ALL.iter().position(named);
    let Some(index) = index.and_then(|index| u8::try_from(index).ok()) else {
        return Vec::new();
    };
    let packed = match said.is_framed() {
        true => {
            let mut frames = said.frames();
            frames.retain(|(flags, _)| flags & COMPRESSED != 0);
            frames.into_iter().map(|(_, payload)| payload).collect()
        }
        false => vec![said.bytes()],
    };
    let packed = packed.iter().map(|packed| {
        let mut output = Output::default();
        output.byte(index);
        output.u16(LIMIT);
        output.before(packed)
    });
    packed.collect()
}

/// Every header and trailer, as one that is received.
pub(super) fn metadata(said: &Said) -> Vec<u8> {
    let mut output = Output::default();
    for (name, value) in said.headers.iter().chain(said.trailers.iter().flatten()) {
        if value.len() <= usize::from(u8::MAX) {
            output.byte(2);
            output.piece(name.as_bytes());
            output.piece(value.as_bytes());
        }
    }
    output.before(b"")
}

pub(super) fn timeouts(said: &Said) -> Vec<Vec<u8>> {
    let values = ["grpc-timeout", "connect-timeout-ms"];
    let values = values.iter().filter_map(|name| said.header(name));
    values.map(|value| value.as_bytes().to_vec()).collect()
}

pub(super) fn content_type(said: &Said) -> Option<Vec<u8>> {
    let content_type = said.header("content-type")?;
    let mut output = Output::default();
    output.byte(u8::from(content_type.contains("connect+")));
    Some(output.before(content_type.as_bytes()))
}

/// The message in a query, written as it was.
pub(super) fn query(said: &Said) -> Option<Vec<u8>> {
    let uri: Uri = format!("http://suite{}", said.uri).parse().ok()?;
    let pairs: Vec<_> = uri.query()?.split('&').collect();
    let find = |name: &str| pairs.iter().find_map(|pair| pair.strip_prefix(name));
    let value = find("message=")?;
    let (message, shape) = match find("base64=") {
        Some("1") => {
            let padded = URL_SAFE.decode(value).ok().map(|message| (message, 0b11));
            let bare = || Some((URL_SAFE_NO_PAD.decode(value).ok()?, 0b01));
            padded.or_else(bare)?
        }
        _ => (unescaped(value), 0),
    };
    let named = |compression: &Compression| find("compression=") == Some(compression.as_str());
    let mut output = Output::default();
    output.byte(u8::from(find("encoding=") == Some("proto")));
    output.byte(match Compression::ALL.iter().position(named) {
        None => 0,
        Some(index) => (128..=u8::MAX)
            .find(|byte| usize::from(*byte) % Compression::ALL.len() == index)
            .unwrap_or_default(),
    });
    output.byte(shape | u8::from(find("connect=").is_some()) << 2);
    output.byte(0);
    // It is packed already, where it is packed.
    output.byte(1);
    Some(output.before(&message))
}

/// RFC 3986, section 2.1.
fn unescaped(value: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), value.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let digits = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                &after[2..]
            }
            (b'+', _) => {
                bytes.push(b' ');
                after
            }
            _ => {
                bytes.push(first);
                after
            }
        };
    }
    bytes
}

/// The body of an error, and what ends a stream.
pub(super) fn connect_errors(said: &Said) -> Vec<Vec<u8>> {
    let mut found = said.frames();
    found.retain(|(flags, _)| *flags == END_STREAM && said.content_type().contains("connect+"));
    if said.content_type() == "application/json" && said.status != 200 {
        found.push((0, said.bytes()));
    }
    let found = found.into_iter().map(|(_, payload)| {
        let mut output = Output::default();
        output.u16(said.status);
        output.before(&payload)
    });
    found.collect()
}

pub(super) fn grpc_trailers(said: &Said) -> Option<Vec<u8>> {
    let status = said.header_or_trailer("grpc-status")?;
    let mut output = Output::default();
    output.piece(status.as_bytes());
    for name in ["grpc-message", "grpc-status-details-bin"] {
        let value = said.header_or_trailer(name).unwrap_or_default();
        if !output.piece(value.as_bytes()) {
            output.piece(b"");
        }
    }
    Some(output.before(b""))
}

pub(super) fn grpc_web_trailers(said: &Said) -> Vec<Vec<u8>> {
    let mut frames = said.frames();
    let of_web = said.content_type().starts_with("application/grpc-web");
    frames.retain(|(flags, _)| of_web && *flags == TRAILERS);
    let payloads = frames.into_iter().map(|(_, payload)| {
        let mut output = Output::default();
        output.byte(0);
        output.cuts(&[]);
        output.before(&payload)
    });
    payloads.collect()
}

/// The bytes of `grpc-status-details-bin`, after an error that says nothing and has no details.
pub(super) fn details(said: &Said) -> Option<Vec<u8>> {
    let value = said.header_or_trailer("grpc-status-details-bin")?;
    let padded = STANDARD.decode(value).ok();
    let details = padded.or_else(|| STANDARD_NO_PAD.decode(value).ok())?;
    let mut output = Output::default();
    (0..9).for_each(|_| output.byte(0));
    Some(output.before(&details))
}
