//! gRPC over HTTP/2 (`PROTOCOL-HTTP2.md`).

use super::answer::{self, Expected, content_type, refuse_encoding};
use super::stranger;
use crate::fault::Fault;
use crate::{Body, Format, IrisError, Metadata, Status};
use http::header::{CONTENT_TYPE, TE};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use iris_core::wire::grpc::{self as wire, Ending};
use iris_core::wire::timeout;
use std::time::Duration;

const TIMEOUT: HeaderName = HeaderName::from_static(timeout::GRPC_TIMEOUT);
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");

pub(super) fn headers(format: Format) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(sent_type(format)));
    headers.insert(TE, HeaderValue::from_static("trailers"));
    headers
}

pub(super) fn timeout(left: Duration) -> (HeaderName, HeaderValue) {
    // Digits and a letter always make a header value; no time at all is what is safe if they did not.
    let value = HeaderValue::try_from(timeout::format_grpc(left))
        .unwrap_or_else(|_| HeaderValue::from_static("0n"));
    (TIMEOUT, value)
}

/// Checks the head of an answer; gives the body back.
pub(super) async fn open(parts: &Parts, body: Body, expected: Expected<'_>) -> Result<Body, Fault> {
    let base = expected.base;
    // An answer may be nothing but an error, which is then told in the headers ("Trailers-Only").
    if let Some(error) = failure(&parts.headers, base) {
        return Err(Fault::answered(error));
    }
    let content_type = content_type(&parts.headers);
    let known = content_type == "application/grpc" || content_type.starts_with("application/grpc+");
    if parts.status != StatusCode::OK || !known {
        return Err(Fault::answered(stranger::error(parts, body, base).await));
    }
    let fits = match expected.format {
        Format::Proto => {
            matches!(
                content_type.as_str(),
                "application/grpc" | "application/grpc+proto"
            )
        }
        Format::Json => content_type == "application/grpc+json",
    };
    if !fits {
        return Err(answer::other_format(base, &content_type, sent_type(expected.format)).into());
    }
    refuse_encoding(&parts.headers, &ENCODING, base)?;
    Ok(body)
}

/// Reads the trailers of an answer; those it has in its headers where there was no message.
pub(super) fn end_of_stream(
    trailers: Option<HeaderMap>,
    headers: &Metadata,
    base: &str,
) -> Result<Metadata, IrisError> {
    let mut trailers = match trailers {
        Some(trailers) => trailers,
        None if headers.headers().contains_key(wire::STATUS) => headers.headers().clone(),
        None => HeaderMap::new(),
    };
    match wire::read_trailers(&trailers) {
        Ending::Ok => {}
        Ending::Failed(error) => return Err(told(error, &trailers, base)),
        Ending::Missing => {
            return Err(IrisError::communication(
                Status::Internal,
                format!(
                    "{base} ended the answer without `grpc-status`; a proxy may have removed the trailers"
                ),
            ));
        }
    }
    for name in [wire::STATUS, wire::MESSAGE, wire::DETAILS] {
        trailers.remove(name);
    }
    Ok(trailers.into())
}

/// The error that trailers tell of.
pub(super) fn failure(trailers: &HeaderMap, base: &str) -> Option<IrisError> {
    match wire::read_trailers(trailers) {
        Ending::Failed(error) => Some(told(error, trailers, base)),
        Ending::Ok | Ending::Missing => None,
    }
}

/// The same error, which says at least who answered what.
fn told(error: IrisError, trailers: &HeaderMap, base: &str) -> IrisError {
    answer::never_silent(error, |error| {
        let number = trailers.get(wire::STATUS).map(HeaderValue::as_bytes);
        let number = String::from_utf8_lossy(number.unwrap_or_default());
        let name = error.status.as_str();
        format!("{base} answered `grpc-status: {number}` ({name}) and no message")
    })
}

fn sent_type(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/grpc+proto",
        Format::Json => "application/grpc+json",
    }
}
