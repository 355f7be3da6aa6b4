//! gRPC-Web: gRPC for callers that see no HTTP trailers (gRPC `PROTOCOL-WEB.md`).
//!
//! The trailers are the last envelope of the body, also where there is nothing else in it: headers would
//! have to be exposed to pages of other origins first.

use super::{End, Flavor, compression, grpc, head};
use crate::incoming::Incoming;
use crate::outgoing::Encoded;
use crate::pieces::Chunks;
use crate::request::Answer;
use crate::wire::compression::Compression;
use crate::wire::content_type;
use crate::wire::grpc_web::{FromText, TRAILERS, ToText, trailers_payload};
use crate::wire::{envelope, grpc as wire};
use crate::{Body, Format, IrisError};
use bytes::BytesMut;
use http::Response;
use http::request::Parts;

pub(super) fn incoming(
    format: Format,
    flavor: Flavor,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    let body = match flavor {
        Flavor::Binary => body,
        Flavor::Text => Body::from_text(FromText::new(body)),
    };
    grpc::incoming(format, parts, body, limit)
}

pub(super) fn message(
    format: Format,
    flavor: Flavor,
    message: Encoded,
    mut answer: Answer,
) -> Response<Body> {
    let response = open(format, flavor, &mut answer, message.compression);
    let mut body = message.pieces;
    append_trailers(body.buffer(), None, answer);
    response.map(|()| whole(flavor, body.freeze()))
}

pub(super) fn failure(
    format: Format,
    flavor: Flavor,
    error: &IrisError,
    mut answer: Answer,
) -> Response<Body> {
    let response = open(format, flavor, &mut answer, None);
    let mut body = BytesMut::new();
    append_trailers(&mut body, Some(error), answer);
    response.map(|()| whole(flavor, body.freeze().into()))
}

pub(super) fn open(
    format: Format,
    flavor: Flavor,
    answer: &mut Answer,
    compression: Option<Compression>,
) -> Response<()> {
    let mut response = head(match flavor {
        Flavor::Binary => content_type::grpc_web(format),
        Flavor::Text => content_type::grpc_web_text(format),
    });
    let headers = response.headers_mut();
    compression::write(headers, wire::ENCODING, compression);
    headers.insert(wire::ACCEPTED, Compression::accepted());
    answer.write_headers(headers);
    response
}

pub(super) fn end(error: Option<&IrisError>, answer: Answer) -> End {
    let mut data = BytesMut::new();
    append_trailers(&mut data, error, answer);
    End {
        data: Some(data.freeze()),
        trailers: None,
    }
}

fn append_trailers(buffer: &mut BytesMut, error: Option<&IrisError>, answer: Answer) {
    let mut trailers = answer.trailers.into_headers();
    wire::write_web_trailers(&mut trailers, error);
    let payload = trailers_payload(&trailers);
    if let Err(too_long) = envelope::append_payload(buffer, TRAILERS, &payload) {
        append_trailers(buffer, Some(&too_long), Answer::default());
    }
}

fn whole(flavor: Flavor, body: Chunks) -> Body {
    match flavor {
        Flavor::Binary => Body::of_chunks(body, None),
        Flavor::Text => Body::full(ToText::text(&body.concat())),
    }
}
