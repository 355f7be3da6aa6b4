//! Connect's streams: envelopes each way, the last of them JSON
//! (Connect protocol, "Streaming RPCs").

use super::connect_unary::check_version;
use super::{End, compression, head};
use crate::incoming::Incoming;
use crate::outgoing::Encoded;
use crate::request::Answer;
use crate::wire::compression::Compression;
use crate::wire::content_type;
use crate::wire::{connect, envelope};
use crate::{Body, Format, IrisError};
use bytes::BytesMut;
use http::Response;
use http::request::Parts;

pub(super) fn incoming(
    format: Format,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    check_version(&parts.headers)?;
    let compression = compression::of_envelopes(&parts.headers, connect::ENCODING)?;
    Ok(Incoming::enveloped(format, body, limit).compressed(compression))
}

pub(super) fn message(format: Format, message: Encoded, mut answer: Answer) -> Response<Body> {
    let response = open(format, &mut answer, message.compression);
    let mut body = message.pieces;
    append_end(body.buffer(), None, &answer);
    response.map(|()| Body::of_chunks(body.freeze(), None))
}

pub(super) fn failure(format: Format, error: &IrisError, mut answer: Answer) -> Response<Body> {
    let mut response = open(format, &mut answer, None);
    // So that a caller who was refused for its compression knows what to send instead.
    let headers = response.headers_mut();
    headers.insert(connect::ACCEPTED, Compression::accepted());
    let mut body = BytesMut::new();
    append_end(&mut body, Some(error), &answer);
    response.map(|()| Body::full(body.freeze()))
}

pub(super) fn open(
    format: Format,
    answer: &mut Answer,
    compression: Option<Compression>,
) -> Response<()> {
    let mut response = head(content_type::stream(format));
    let headers = response.headers_mut();
    compression::write(headers, connect::ENCODING, compression);
    answer.write_headers(headers);
    response
}

pub(super) fn end(error: Option<&IrisError>, answer: Answer) -> End {
    let mut data = BytesMut::new();
    append_end(&mut data, error, &answer);
    End {
        data: Some(data.freeze()),
        trailers: None,
    }
}

fn append_end(buffer: &mut BytesMut, error: Option<&IrisError>, answer: &Answer) {
    let payload = connect::end_stream(error, &answer.trailers);
    if let Err(too_long) = envelope::append_payload(buffer, envelope::END_STREAM, &payload) {
        append_end(buffer, Some(&too_long), &Answer::default());
    }
}
