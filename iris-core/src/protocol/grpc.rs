//! gRPC: envelopes each way, the ending in HTTP/2 trailers (gRPC `PROTOCOL-HTTP2.md`).

use super::{End, compression, head};
use crate::incoming::Incoming;
use crate::outgoing::Encoded;
use crate::request::Answer;
use crate::wire::compression::Compression;
use crate::wire::content_type;
use crate::wire::grpc;
use crate::{Body, Format, IrisError};
use bytes::Bytes;
use http::Response;
use http::header::HeaderMap;
use http::request::Parts;

pub(super) fn incoming(
    format: Format,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    let compression = compression::of_envelopes(&parts.headers, grpc::ENCODING)?;
    Ok(Incoming::enveloped(format, body, limit).compressed(compression))
}

pub(super) fn message(format: Format, message: Encoded, mut answer: Answer) -> Response<Body> {
    let response = open(format, &mut answer, message.compression);
    let trailers = trailers(None, answer);
    response.map(|()| Body::of_chunks(message.pieces.freeze(), Some(trailers)))
}

/// A response of headers alone ("Trailers-Only"), unless there is metadata. Before the answer it is to be told apart from
/// trailers; after it, it may be longer than peers take in a head, where of trailers they read the beginning.
pub(super) fn failure(format: Format, error: &IrisError, mut answer: Answer) -> Response<Body> {
    let is_alone = !answer.has_headers() && answer.trailers.is_empty();
    let mut response = open(format, &mut answer, None);
    if is_alone {
        grpc::write_trailers(response.headers_mut(), Some(error));
        return response.map(|()| Body::empty());
    }
    let trailers = trailers(Some(error), answer);
    response.map(|()| Body::with_trailers(Bytes::new(), trailers))
}

pub(super) fn open(
    format: Format,
    answer: &mut Answer,
    compression: Option<Compression>,
) -> Response<()> {
    let mut response = head(content_type::grpc(format));
    let headers = response.headers_mut();
    compression::write(headers, grpc::ENCODING, compression);
    // So that a caller who was refused for its compression knows what to send instead.
    headers.insert(grpc::ACCEPTED, Compression::accepted());
    answer.write_headers(headers);
    response
}

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
