//! Connect (<https://connectrpc.com/docs/protocol>).

use super::answer::{self, Answer, Expected, content_type};
use super::compress::{self, Compress, Encoded};
use super::ending::Ending;
use super::stranger;
use crate::call::Kind;
use crate::fault::Fault;
use crate::{Body, Compression, Format, IrisError, Metadata, Status};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use iris_core::wire::content_type;
use iris_core::wire::{connect as wire, timeout};
use std::time::Duration;

const TIMEOUT: HeaderName = HeaderName::from_static(timeout::CONNECT_TIMEOUT);

/// Before the name of each trailer of a unary answer.
const TRAILER: &str = "trailer-";

/// The longest query a GET may have, in bytes; many servers and proxies refuse lines of over 8 KiB.
const LONGEST_QUERY: usize = 7 * 1024;

pub(super) fn headers(format: Format, kind: Kind, compress: Option<Compress>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let content_type = HeaderValue::from_static(match kind {
        Kind::Unary => content_type::unary(format),
        _ => content_type::stream(format),
    });
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(wire::VERSION, HeaderValue::from_static("1"));
    if kind == Kind::Unary {
        // What a request's body is compressed with depends on its length, and is said with it.
        headers.insert(ACCEPT_ENCODING, Compression::accepted());
        return headers;
    }
    // The body of a stream is not to be compressed as a whole, since its messages are.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(wire::ACCEPTED, Compression::accepted());
    if let Some(compress) = compress {
        headers.insert(wire::ENCODING, compress.name());
    }
    headers
}

pub(super) fn timeout(left: Duration) -> (HeaderName, HeaderValue) {
    // Digits always make a header value; 0 is no time at all, as it should be if they did not.
    let value = HeaderValue::try_from(timeout::format_connect(left))
        .unwrap_or_else(|_| HeaderValue::from_static("0"));
    (TIMEOUT, value)
}

/// The query that holds the message; `None` where it is too long for a URL.
///
/// Its order is that which the protocol recommends, so that caches find it again ("Unary-Get-Request").
pub(super) fn query(format: Format, message: &Encoded) -> Option<String> {
    let bytes = message.chunks.single()?;
    if bytes.len() > LONGEST_QUERY / 4 * 3 {
        return None;
    }
    let mut query = "connect=v1&base64=1".to_owned();
    if let Some(compression) = message.compression {
        query.push_str("&compression=");
        query.push_str(compression.as_str());
    }
    query.push_str("&encoding=");
    query.push_str(format.as_str());
    query.push_str("&message=");
    URL_SAFE_NO_PAD.encode_string(bytes, &mut query);
    Some(query)
}

/// Takes away what describes a body.
pub(super) fn describe_no_body(headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    headers.remove(wire::VERSION);
}

pub(super) async fn read_unary(
    response: Response<Body>,
    expected: Expected<'_>,
) -> Result<Answer, Fault> {
    let (parts, body) = response.into_parts();
    let read = read_message(&parts, body, expected).await;
    let (metadata, trailers) = split_trailers(parts.headers);
    match read {
        Ok(payload) => Ok(Answer {
            payload,
            metadata,
            trailers,
        }),
        Err(fault) => Err(fault.with_answer(metadata, trailers)),
    }
}

async fn read_message(parts: &Parts, body: Body, expected: Expected<'_>) -> Result<Bytes, Fault> {
    let base = expected.base;
    let content_type = content_type(&parts.headers);
    if parts.status != StatusCode::OK {
        return Err(read_error(parts, body, expected).await);
    }
    let asked = content_type::unary(expected.format);
    if content_type != asked {
        return Err(match content_type.as_str() {
            "application/proto" | "application/json" => {
                answer::other_format(base, &content_type, asked).into()
            }
            _ => Fault::answered(stranger::error(parts, body, base).await),
        });
    }
    let compression = compress::named(&parts.headers, &CONTENT_ENCODING, base)?;
    let payload = answer::collect(body, expected.limit, base).await?;
    match compression {
        Some(compression) => Ok(compress::unpacked(compression, payload, expected.limit)?),
        None => Ok(payload),
    }
}

/// Checks the head of a stream's answer; gives the body back, and how its messages may be compressed.
pub(super) async fn open(
    parts: &Parts,
    body: Body,
    expected: Expected<'_>,
) -> Result<(Body, Option<Compression>), Fault> {
    let base = expected.base;
    if parts.status != StatusCode::OK {
        return Err(read_error(parts, body, expected).await);
    }
    let asked = content_type::stream(expected.format);
    let content_type = content_type(&parts.headers);
    if content_type == asked {
        let compression = compress::of_envelopes(&parts.headers, &wire::ENCODING, base)?;
        return Ok((body, compression));
    }
    Err(match content_type.strip_prefix("application/connect+") {
        Some(_) => answer::other_format(base, &content_type, asked).into(),
        None => Fault::answered(stranger::error(parts, body, base).await),
    })
}

/// Reads the envelope that ends a stream.
pub(super) fn end_of_stream(payload: &[u8], base: &str) -> Ending {
    match wire::parse_end_stream(payload) {
        Some(end) => Ending {
            error: end.error.map(|error| told(error, base)),
            trailers: end.trailers,
        },
        None => Ending::from(IrisError::communication(
            Status::Internal,
            format!("{base} ended the stream with an envelope that is no end of a Connect stream"),
        )),
    }
}

/// The stream's body ended before that envelope.
pub(super) fn cut_short(base: &str) -> IrisError {
    IrisError::communication(
        Status::Internal,
        format!(
            "{base} ended the stream without saying how the call ended; messages may be missing"
        ),
    )
}

async fn read_error(parts: &Parts, body: Body, expected: Expected<'_>) -> Fault {
    let base = expected.base;
    let compression = match compress::named(&parts.headers, &CONTENT_ENCODING, base) {
        Ok(compression) if content_type(&parts.headers) == wire::JSON => compression,
        _ => return Fault::answered(stranger::error(parts, body, base).await),
    };
    let limit = expected.error_limit();
    let body = match answer::collect(body, limit, base).await {
        Ok(body) => body,
        Err(fault) => return fault,
    };
    // What cannot be unpacked is shown as it came.
    let unpacked = compression
        .and_then(|compression| compress::unpacked(compression, body.clone(), limit).ok());
    let body = unpacked.unwrap_or(body);
    Fault::answered(match wire::parse_error_body(&body, parts.status.as_u16()) {
        Some(error) => told(error, base),
        None => stranger::from_bytes(parts, &body, base),
    })
}

/// The same error, which says at least who answered what.
fn told(error: IrisError, base: &str) -> IrisError {
    answer::never_silent(error, |error| {
        let name = error.status.as_str();
        format!("{base} answered with the error `{name}` and no message")
    })
}

fn split_trailers(mut headers: HeaderMap) -> (Metadata, Metadata) {
    let mut trailers = HeaderMap::new();
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(TRAILER))
        .cloned()
        .collect();
    for name in names {
        let http::header::Entry::Occupied(entry) = headers.entry(&name) else {
            continue;
        };
        let Ok(bare) = HeaderName::try_from(&name.as_str()[TRAILER.len()..]) else {
            continue;
        };
        for value in entry.remove_entry_mult().1 {
            trailers.append(bare.clone(), value);
        }
    }
    (headers.into(), trailers.into())
}
