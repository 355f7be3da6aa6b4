//! gRPC: envelopes each way, the ending in HTTP/2 trailers (gRPC `PROTOCOL-HTTP2.md`).

use super::{End, head, refuse_compression};
use crate::incoming::Incoming;
use crate::request::Answer;
use crate::wire::grpc;
use crate::{Body, Format, IrisError};
use bytes::Bytes;
use http::Response;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

pub(super) fn incoming(
    format: Format,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    refuse_compression(&parts.headers, "grpc-encoding")?;
    Ok(Incoming::enveloped(format, body, limit))
}

pub(super) fn message(format: Format, message: Bytes, mut answer: Answer) -> Response<Body> {
    let response = open(format, &mut answer);
    let trailers = trailers(None, answer);
    response.map(|()| Body::with_trailers(message, trailers))
}

/// A response of headers alone ("Trailers-Only").
pub(super) fn failure(format: Format, error: &IrisError, mut answer: Answer) -> Response<Body> {
    let mut response = open(format, &mut answer);
    let headers = response.headers_mut();
    answer.trailers.copy_to(headers);
    grpc::write_trailers(headers, Some(error));
    response.map(|()| Body::empty())
}

pub(super) fn open(format: Format, answer: &mut Answer) -> Response<()> {
    let mut response = head(match format {
        Format::Proto => "application/grpc+proto",
        Format::Json => "application/grpc+json",
    });
    // So that a caller who was refused for its compression knows what to send instead.
    response
        .headers_mut()
        .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    answer.write_headers(response.headers_mut());
    response
}

const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

pub(super) fn end(error: Option<&IrisError>, answer: Answer) -> End {
    End {
        data: None,
        trailers: Some(trailers(error, answer)),
    }
}

fn trailers(error: Option<&IrisError>, answer: Answer) -> HeaderMap {
    let mut trailers = answer.trailers.into_headers();
    grpc::write_trailers(&mut trailers, error);
    trailers
}
