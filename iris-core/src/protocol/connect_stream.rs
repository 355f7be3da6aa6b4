//! Connect's streams: envelopes each way, the last of them JSON
//! (Connect protocol, "Streaming RPCs").

use super::connect_unary::check_version;
use super::{End, head, refuse_compression};
use crate::incoming::Incoming;
use crate::request::Answer;
use crate::wire::{connect, envelope};
use crate::{Body, Format, IrisError};
use bytes::{Bytes, BytesMut};
use http::Response;
use http::request::Parts;

pub(super) fn incoming(
    format: Format,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    check_version(&parts.headers)?;
    refuse_compression(&parts.headers, "connect-content-encoding")?;
    Ok(Incoming::enveloped(format, body, limit))
}

pub(super) fn message(format: Format, message: Bytes, mut answer: Answer) -> Response<Body> {
    let response = open(format, &mut answer);
    let mut body = BytesMut::from(message);
    append_end(&mut body, None, &answer);
    response.map(|()| Body::full(body.freeze()))
}

pub(super) fn failure(format: Format, error: &IrisError, mut answer: Answer) -> Response<Body> {
    let response = open(format, &mut answer);
    let mut body = BytesMut::new();
    append_end(&mut body, Some(error), &answer);
    response.map(|()| Body::full(body.freeze()))
}

pub(super) fn open(format: Format, answer: &mut Answer) -> Response<()> {
    let mut response = head(match format {
        Format::Proto => "application/connect+proto",
        Format::Json => "application/connect+json",
    });
    answer.write_headers(response.headers_mut());
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
    envelope::append_payload(buffer, envelope::END_STREAM, &payload);
}
