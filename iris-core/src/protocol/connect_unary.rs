//! Connect's unary calls: the message is the body, or the query of a GET
//! (Connect protocol, "Unary RPCs", "Unary-Get-Request").

use super::{Refusal, compression, head};
use crate::incoming::Incoming;
use crate::outgoing::Encoded;
use crate::request::Answer;
use crate::wire::compression::Compression;
use crate::wire::connect;
use crate::wire::content_type;
use crate::{Body, Format, IrisError, Status, code};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Response, StatusCode, Uri};
use percent_encoding::percent_decode;
use std::borrow::Cow;

const QUERY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a query is one of a GET that calls.
pub(super) fn is_get(uri: &Uri) -> bool {
    query(uri, "connect").as_deref() == Some(b"v1")
}

pub(super) fn incoming(
    format: Format,
    parts: &Parts,
    body: Body,
    limit: usize,
) -> Result<Incoming, IrisError> {
    check_version(&parts.headers)?;
    let compression = compression::named(&parts.headers, compression::UNARY)?;
    Ok(Incoming::whole(format, body, limit).compressed(compression))
}

/// The format a GET names; JSON where it names none.
pub(super) fn get_format(parts: &Parts) -> Result<Format, Refusal> {
    match query(&parts.uri, "encoding").as_deref() {
        Some(b"proto") => Ok(Format::Proto),
        None | Some(b"json") => Ok(Format::Json),
        Some(other) => Err(Refusal::Encoding {
            got: String::from_utf8_lossy(other).into_owned(),
        }),
    }
}

pub(super) fn incoming_get(
    format: Format,
    parts: &Parts,
    limit: usize,
) -> Result<Incoming, IrisError> {
    let invalid = |why: &str| Err(IrisError::new(code::IRIS_INVALID_REQUEST_MESSAGE, why));
    match query(&parts.uri, "connect").as_deref() {
        None | Some(b"v1") => {}
        Some(_) => return invalid("the query's `connect` must be `v1`"),
    }
    let compression = match query(&parts.uri, "compression") {
        Some(name) => compression::of_name(&name)?,
        None => None,
    };
    let query = Query {
        uri: parts.uri.clone(),
    };
    Ok(Incoming::in_query(format, query, limit).compressed(compression))
}

/// The query of a GET, whose message is not read before it is asked for.
#[derive(Debug)]
pub(crate) struct Query {
    uri: Uri,
}

impl Query {
    /// The message, if there is one, compressed as it came.
    pub(crate) fn message(&self, limit: usize) -> Result<Option<Bytes>, IrisError> {
        let Some(message) = query(&self.uri, "message") else {
            return Ok(None);
        };
        let message = match query(&self.uri, "base64").as_deref() {
            Some(b"1") => QUERY_BASE64.decode(&message).map_err(|_| {
                IrisError::new(
                    code::IRIS_INVALID_REQUEST_MESSAGE,
                    "the query's `message` is not base64url, though `base64=1` says so",
                )
            })?,
            _ => message.into_owned(),
        };
        if message.len() > limit {
            return Err(IrisError::new(
                code::IRIS_MESSAGE_TOO_LARGE,
                format!(
                    "the message has {} bytes, more than the limit of {limit}",
                    message.len()
                ),
            ));
        }
        Ok(Some(message.into()))
    }
}

pub(super) fn message(format: Format, message: Encoded, mut answer: Answer) -> Response<Body> {
    let mut response = head(content_type::unary(format));
    let headers = response.headers_mut();
    compression::write(headers, compression::UNARY, message.compression);
    answer.write_headers(headers);
    write_trailers(headers, &answer);
    response.map(|()| Body::of_chunks(message.pieces.freeze(), None))
}

pub(super) fn failure(error: &IrisError, mut answer: Answer) -> Response<Body> {
    let mut response = head(connect::JSON);
    *response.status_mut() =
        StatusCode::from_u16(error.status.to_http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    // So that a caller who was refused for its compression knows what to send instead.
    headers.insert(compression::UNARY_ACCEPTED, Compression::accepted());
    answer.write_headers(headers);
    write_trailers(headers, &answer);
    response.map(|()| Body::full(connect::error_body(error)))
}

/// Trailing metadata of a unary call are headers with a prefix.
fn write_trailers(headers: &mut HeaderMap, answer: &Answer) {
    for (name, value) in answer.trailers.headers() {
        if let Ok(name) = HeaderName::try_from(format!("trailer-{name}")) {
            headers.append(name, value.clone());
        }
    }
}

/// The version header may be left out, so that `curl` needs no more than a body.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), IrisError> {
    match headers.get(connect::VERSION).map(HeaderValue::as_bytes) {
        None | Some(b"1") => Ok(()),
        Some(_) => Err(IrisError::communication(
            Status::InvalidArgument,
            format!("{} must be 1", connect::VERSION),
        )),
    }
}

/// A parameter of the query, percent-decoded.
fn query<'a>(uri: &'a Uri, name: &str) -> Option<Cow<'a, [u8]>> {
    let query = uri.query()?;
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(match value.contains('+') {
        true => Cow::Owned(percent_decode(value.replace('+', " ").as_bytes()).collect()),
        false => percent_decode(value.as_bytes()).into(),
    })
}
