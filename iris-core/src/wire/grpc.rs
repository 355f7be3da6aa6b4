//! gRPC: its headers, and how it says that a call ended: `grpc-status`, `grpc-message` and
//! `grpc-status-details-bin`.

use super::base64;
use crate::error::{Detail, ErrorDetail};
use crate::{IrisError, Status};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};
use prost::Message as _;
use prost::encoding::{DecodeContext, decode_key, skip_field};

/// How messages are compressed (gRPC `PROTOCOL-HTTP2.md`, "Message-Encoding").
pub const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

/// How those of the answer may be.
pub const ACCEPTED: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// 0, or the number of a [`Status`].
pub const STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The status in words, percent-encoded.
pub const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// A `google.rpc.Status` in base64.
pub const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// What `grpc-message` must escape: all but printable ASCII, and `%` (gRPC `PROTOCOL-HTTP2.md`, "Status-Message").
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// `google.rpc.Status` (`google/rpc/status.proto`), the message inside [`DETAILS`].
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<prost_types::Any>,
}

/// The most of an error's message that goes into [`MESSAGE`], in bytes. It is there again in the details.
const SHORT: usize = 512;

/// The most of an error's message that goes into [`DETAILS`], in bytes. HTTP/2 stacks refuse header
/// blocks of over 8 or 16 KiB, and some of them the whole connection with it.
const LONG: usize = 3072;

/// The longest beginning of a text that has at most `limit` bytes.
fn beginning(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The most that trailers have together with what else is in their header block, in bytes as HTTP/2 counts them (RFC 9113,
/// section 6.5.2). Most peers read 16 KiB, some of them the beginning of what is longer, and give the connection up where
/// it is much longer. What is between is for what an HTTP stack adds to a head.
const MOST: usize = 15 * 1024;

/// Adds the trailers that end a call: status 0, or all that is told of the error. They come before those that are there.
///
/// Of a message of over 3 KiB the rest is left out, and so is each of the error's details with which all of it would have
/// over 15 KiB: peers that take no more would miss the status and the code as well.
pub fn write_trailers(trailers: &mut HeaderMap, error: Option<&IrisError>) {
    let others = std::mem::take(trailers);
    write(trailers, error, MOST.saturating_sub(size(&others)));
    append(trailers, others);
}

/// The same for gRPC-Web, whose trailers are part of the body: details may be as long as they like.
pub fn write_web_trailers(trailers: &mut HeaderMap, error: Option<&IrisError>) {
    let others = std::mem::take(trailers);
    write(trailers, error, usize::MAX);
    append(trailers, others);
}

/// Writes an ending of at most so many bytes, as far as details are concerned.
fn write(trailers: &mut HeaderMap, error: Option<&IrisError>, most: usize) {
    let Some(error) = error else {
        trailers.insert(STATUS, HeaderValue::from_static("0"));
        return;
    };
    trailers.insert(STATUS, HeaderValue::from(error.status.number()));
    let detail = ErrorDetail::from_error(error);
    // Where the details say it in full, a beginning is enough.
    let longest = if detail.is_some() { SHORT } else { LONG };
    let short = beginning(&error.internal_message, longest);
    let message = utf8_percent_encode(short, ESCAPED).to_string();
    // Escaped text is printable ASCII, which a header value always takes.
    if let Ok(message) = HeaderValue::try_from(message) {
        trailers.insert(MESSAGE, message);
    }
    let own = detail.map(|mut detail| {
        detail.internal_message = beginning(&detail.internal_message, LONG).to_owned();
        any(ErrorDetail::FULL_NAME, detail.to_bytes())
    });
    let mut status = RpcStatus {
        code: error.status.number(),
        message: short.to_owned(),
        details: own.into_iter().collect(),
    };
    // Base64 makes four bytes of three.
    let room = most.saturating_sub(size(trailers) + DETAILS.as_str().len() + OVERHEAD) / 4 * 3;
    let mut room = room.saturating_sub(status.encoded_len());
    for detail in error.details() {
        let detail = any(detail.type_name(), detail.value().to_vec());
        let length = detail.encoded_len();
        // Before it come its tag and its length.
        let length = 1 + prost::length_delimiter_len(length) + length;
        if let Some(rest) = room.checked_sub(length) {
            room = rest;
            status.details.push(detail);
        }
    }
    if status.details.is_empty() {
        return;
    }
    if let Ok(details) = HeaderValue::try_from(base64::encode(&status.encode_to_vec())) {
        trailers.insert(DETAILS, details);
    }
}

/// What HTTP/2 counts for each field beside its name and value, in bytes.
const OVERHEAD: usize = 32;

/// The size of header fields as HTTP/2 counts them, in bytes.
fn size(headers: &HeaderMap) -> usize {
    let fields = headers.iter();
    fields.fold(0, |size, (name, value)| {
        size + name.as_str().len() + value.len() + OVERHEAD
    })
}

/// Adds more behind what is there, which a peer who reads a beginning is to read first.
fn append(trailers: &mut HeaderMap, others: HeaderMap) {
    let mut name = None;
    for (next, value) in others {
        name = next.or(name);
        if let Some(name) = &name
            && ![STATUS, MESSAGE, DETAILS].contains(name)
        {
            trailers.append(name.clone(), value);
        }
    }
}

fn any(type_name: &str, value: Vec<u8>) -> prost_types::Any {
    prost_types::Any {
        type_url: format!("type.googleapis.com/{type_name}"),
        value,
    }
}

/// How a call ended, read from trailers (or from headers, where there was nothing but an error).
#[derive(Debug)]
pub enum Ending {
    /// Status 0.
    Ok,
    /// Any other status.
    Failed(IrisError),
    /// There is no `grpc-status`: this is not the end of a gRPC call.
    Missing,
}

/// Reads how a call ended.
pub fn read_trailers(trailers: &HeaderMap) -> Ending {
    let Some(status) = trailers.get(&STATUS) else {
        return Ending::Missing;
    };
    let number = status
        .to_str()
        .ok()
        .and_then(|number| number.trim().parse::<i32>().ok());
    if number == Some(0) {
        return Ending::Ok;
    }
    let status = number
        .and_then(Status::from_number)
        .unwrap_or(Status::Unknown);
    let message = trailers
        .get(&MESSAGE)
        .map(|message| {
            percent_decode(message.as_bytes())
                .decode_utf8_lossy()
                .into_owned()
        })
        .unwrap_or_default();
    let details = trailers
        .get(&DETAILS)
        .and_then(|details| base64::decode(details.as_bytes()))
        .and_then(|bytes| RpcStatus::decode(first_details(&bytes)).ok());
    let details = details.map(|status| status.details).unwrap_or_default();
    let details = details.into_iter().map(|any| {
        let type_name = any.type_url.rsplit('/').next().unwrap_or_default();
        Detail::new(type_name, any.value)
    });
    let error = ErrorDetail::into_error(details.collect(), status, &message);
    Ending::Failed(error.of_answer())
}

/// The most details of an error that are read. An empty one has two bytes, and takes 48 in memory and more while they are read:
/// trailers of gRPC-Web have room for more than a million.
const MOST_DETAILS: usize = 4096;

/// A [`RpcStatus`] up to the detail after the last that is read.
fn first_details(status: &[u8]) -> &[u8] {
    let mut details = 0;
    let mut rest = status;
    while !rest.is_empty() {
        let before = status.len() - rest.len();
        let Ok((number, kind)) = decode_key(&mut rest) else {
            return status;
        };
        if number == 3 && details == MOST_DETAILS {
            return &status[..before];
        }
        details += usize::from(number == 3);
        // What is wrong with it, the decoder finds in the same place.
        if skip_field(kind, number, &mut rest, DecodeContext::default()).is_err() {
            return status;
        }
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_error_comes_back_from_its_trailers() {
        let mut trailers = HeaderMap::new();
        let error = IrisError::new(0, "wrong password: 100 % wrong, größer\n")
            .with_status(Status::Unauthenticated);
        write_trailers(&mut trailers, Some(&error));
        assert_eq!(trailers[STATUS], "16");
        let Ending::Failed(back) = read_trailers(&trailers) else {
            panic!("no error")
        };
        assert_eq!((back.code, back.status), (0, Status::Unauthenticated));
        assert_eq!(back.internal_message, error.internal_message);
    }

    #[test]
    fn the_message_is_printable_ascii() {
        let mut trailers = HeaderMap::new();
        write_trailers(&mut trailers, Some(&IrisError::new(1, "größe\r\n%")));
        assert_eq!(trailers[MESSAGE], "gr%C3%B6%C3%9Fe%0D%0A%25");
    }

    #[test]
    fn a_long_message_is_cut_so_that_headers_stay_small() {
        let mut trailers = HeaderMap::new();
        write_trailers(&mut trailers, Some(&IrisError::new(7, "ö".repeat(100_000))));
        let size = size(&trailers);
        assert!(size < 8 * 1024, "{size}");
        let Ending::Failed(back) = read_trailers(&trailers) else {
            panic!("no error")
        };
        assert_eq!((back.code, back.internal_message.len()), (7, LONG));
    }

    #[test]
    fn details_that_do_not_fit_are_left_out_and_all_else_comes_first() {
        let details = [100_000, 2000, 6000, 3000, 10].map(|length| vec![7; length]);
        let error = IrisError::new(7, "x".repeat(5000));
        let error = details.iter().fold(error, |error, value| {
            error.with_encoded_detail(Detail::new("a.B", value.clone()))
        });
        let mut trailers = HeaderMap::new();
        for _ in 0..2 {
            trailers.append("x-cost", HeaderValue::from_static("3"));
        }
        let mut of_web = trailers.clone();
        write_trailers(&mut trailers, Some(&error));
        assert!(size(&trailers) <= MOST, "{}", size(&trailers));
        let names: Vec<_> = trailers.keys().map(HeaderName::as_str).collect();
        let first = [STATUS, MESSAGE, DETAILS];
        assert_eq!(names[..3], first.each_ref().map(HeaderName::as_str));
        assert_eq!(trailers.get_all("x-cost").iter().count(), 2);
        write_web_trailers(&mut of_web, Some(&error));
        for (trailers, expected) in [
            (trailers, &[2000, 3000, 10][..]),
            (of_web, &[100_000, 2000, 6000, 3000, 10]),
        ] {
            let Ending::Failed(back) = read_trailers(&trailers) else {
                panic!("no error")
            };
            assert_eq!((back.code, back.internal_message.len()), (7, LONG));
            let lengths: Vec<_> = back
                .details()
                .iter()
                .map(|detail| detail.value().len())
                .collect();
            assert_eq!(lengths, expected);
        }
    }

    #[test]
    fn of_details_without_number_the_first_are_read() {
        let detail = [0x1a, 0];
        for (count, read) in [(4096, 4096), (4097, 4096), (1_500_000, 4096)] {
            let status = [&[8, 10][..], &detail.repeat(count)].concat();
            let mut trailers = HeaderMap::new();
            trailers.insert(STATUS, HeaderValue::from_static("10"));
            let value = HeaderValue::try_from(base64::encode(&status)).unwrap();
            trailers.insert(DETAILS, value);
            let Ending::Failed(back) = read_trailers(&trailers) else {
                panic!("no error")
            };
            assert_eq!(back.status, Status::Aborted);
            assert_eq!(back.details().len(), read, "of {count}");
        }
    }

    #[test]
    fn another_servers_status_is_900() {
        let mut trailers = HeaderMap::new();
        trailers.insert(STATUS, HeaderValue::from_static("5"));
        let Ending::Failed(error) = read_trailers(&trailers) else {
            panic!("no error")
        };
        assert_eq!((error.code, error.status), (900, Status::NotFound));
        assert!(matches!(read_trailers(&HeaderMap::new()), Ending::Missing));
    }

    proptest! {
        #[test]
        fn any_trailers_end_a_call(status: Vec<u8>, message: Vec<u8>, details: Vec<u8>) {
            let mut trailers = HeaderMap::new();
            for (name, value) in [(STATUS, status), (MESSAGE, message), (DETAILS, details)] {
                if let Ok(value) = HeaderValue::from_bytes(&value) {
                    trailers.insert(name, value);
                }
            }
            let _ = read_trailers(&trailers);
        }
    }
}
