//! gRPC over HTTP/2 (`PROTOCOL-HTTP2.md`), and gRPC-Web (`PROTOCOL-WEB.md`).

use super::answer::{self, Expected, content_type};
use super::compress::{self, Compress};
use super::ending::Ending;
use super::stranger;
use crate::fault::{Fault, head_limit};
use crate::{Body, Compression, Format, IrisError, Metadata, Status};
use http::header::{ACCEPT, CONTENT_TYPE, TE};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;
use iris_core::wire::grpc as wire;
use iris_core::wire::grpc_web::FromText;
use iris_core::wire::timeout;
use std::time::Duration;

const TIMEOUT: HeaderName = HeaderName::from_static(timeout::GRPC_TIMEOUT);
const WEB: HeaderName = HeaderName::from_static("x-grpc-web");

/// Which gRPC it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    /// With the trailers of HTTP/2.
    Http2,
    /// gRPC-Web, with the trailers in a last envelope.
    Web,
    /// The same in base64.
    WebText,
}

pub(super) fn headers(flavor: Flavor, format: Format, compress: Option<Compress>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let content_type = HeaderValue::from_static(flavor.sent_type(format));
    if flavor == Flavor::WebText {
        // Without it some servers answer in binary ("Text-encoded (response) streams").
        headers.insert(ACCEPT, content_type.clone());
    }
    headers.insert(CONTENT_TYPE, content_type);
    match flavor {
        Flavor::Http2 => headers.insert(TE, HeaderValue::from_static("trailers")),
        Flavor::Web | Flavor::WebText => headers.insert(WEB, HeaderValue::from_static("1")),
    };
    headers.insert(wire::ACCEPTED, Compression::accepted());
    if let Some(compress) = compress {
        headers.insert(wire::ENCODING, compress.name());
    }
    headers
}

pub(super) fn timeout(left: Duration) -> (HeaderName, HeaderValue) {
    // Digits and a letter always make a header value; no time at all is what is safe if they did not.
    let value = HeaderValue::try_from(timeout::format_grpc(left))
        .unwrap_or_else(|_| HeaderValue::from_static("0n"));
    (TIMEOUT, value)
}

/// Checks the head of an answer; gives the body back, and how its messages may be compressed.
pub(super) async fn open(
    flavor: Flavor,
    parts: &Parts,
    body: Body,
    expected: Expected<'_>,
) -> Result<(Body, Option<Compression>), Fault> {
    let base = expected.base;
    // An answer may be nothing but an error, which is then told in the headers ("Trailers-Only"). Where a body
    // follows, its trailers count, whatever the headers say.
    if body.is_end_stream()
        && let Some(ending) = failure(without_body(&parts.headers), base)
        && let Some(error) = ending.error
    {
        return Err(Fault::answered(error).with_answer(Metadata::new(), ending.trailers));
    }
    let content_type = content_type(&parts.headers);
    let subtype = content_type.strip_prefix(flavor.base_type());
    let known = subtype.is_some_and(|rest| rest.is_empty() || rest.starts_with('+'));
    if parts.status != StatusCode::OK || !known {
        return Err(Fault::answered(stranger::error(parts, body, base).await));
    }
    // Without a suffix it is Protobuf ("Content-Type").
    let fits = match subtype {
        Some("") => expected.format == Format::Proto,
        subtype => {
            subtype.and_then(|rest| rest.strip_prefix('+')) == Some(expected.format.as_str())
        }
    };
    if !fits {
        let asked = flavor.sent_type(expected.format);
        return Err(answer::other_format(base, &content_type, asked).into());
    }
    let compression = compress::of_envelopes(&parts.headers, &wire::ENCODING, base)?;
    let body = match flavor {
        Flavor::WebText => Body::new(FromText::new(body)),
        Flavor::Http2 | Flavor::Web => body,
    };
    Ok((body, compression))
}

/// Reads the trailers that end an answer.
pub(super) fn end_of_stream(mut trailers: HeaderMap, base: &str) -> Ending {
    let error = match wire::read_trailers(&trailers) {
        wire::Ending::Ok => None,
        wire::Ending::Failed(error) => Some(told(error, &trailers, base)),
        wire::Ending::Missing => Some(IrisError::communication(
            Status::Internal,
            format!(
                "{base} ended the answer without `grpc-status`; a proxy may have removed the trailers, or they have more \
                 before it than the {} that this client reads",
                head_limit()
            ),
        )),
    };
    for name in [wire::STATUS, wire::MESSAGE, wire::DETAILS] {
        trailers.remove(name);
    }
    Ending {
        error,
        trailers: trailers.into(),
    }
}

/// The same, where they tell of an error.
pub(super) fn failure(trailers: HeaderMap, base: &str) -> Option<Ending> {
    match wire::read_trailers(&trailers) {
        wire::Ending::Failed(_) => Some(end_of_stream(trailers, base)),
        wire::Ending::Ok | wire::Ending::Missing => None,
    }
}

/// The trailers of an answer that is nothing but headers.
pub(super) fn without_body(headers: &HeaderMap) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    if headers.contains_key(wire::STATUS) {
        trailers.clone_from(headers);
        trailers.remove(CONTENT_TYPE);
    }
    trailers
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

impl Flavor {
    fn base_type(self) -> &'static str {
        match self {
            Flavor::Http2 => "application/grpc",
            Flavor::Web => "application/grpc-web",
            Flavor::WebText => "application/grpc-web-text",
        }
    }

    fn sent_type(self, format: Format) -> &'static str {
        match self {
            Flavor::Http2 => iris_core::wire::content_type::grpc(format),
            Flavor::Web => iris_core::wire::content_type::grpc_web(format),
            Flavor::WebText => iris_core::wire::content_type::grpc_web_text(format),
        }
    }
}
