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
    if let Ending::Failed(error) = wire::read_trailers(&parts.headers) {
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
        Ending::Failed(error) => return Err(error),
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
pub(super) fn failure(trailers: &HeaderMap) -> Option<IrisError> {
    match wire::read_trailers(trailers) {
        Ending::Failed(error) => Some(error),
        Ending::Ok | Ending::Missing => None,
    }
}

fn sent_type(format: Format) -> &'static str {
    match format {
        Format::Proto => "application/grpc+proto",
        Format::Json => "application/grpc+json",
    }
}
