//! What headers say of compression, which each protocol spells in its own way.

use crate::wire::compression::Compression;
use crate::{IrisError, Status};
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// How a unary call of Connect is compressed (RFC 9110, section 8.4).
pub(super) const UNARY: HeaderName = http::header::CONTENT_ENCODING;
/// How its answer may be.
pub(super) const UNARY_ACCEPTED: HeaderName = http::header::ACCEPT_ENCODING;

/// The compression that a header names.
///
/// # Errors
///
/// Where this server does not know it; the error names those that it does.
pub(super) fn named(
    headers: &HeaderMap,
    header: HeaderName,
) -> Result<Option<Compression>, IrisError> {
    match headers.get(header).map(HeaderValue::as_bytes) {
        None => Ok(None),
        Some(name) => of_name(name),
    }
}

/// The compression of this name, which may be `identity`.
///
/// # Errors
///
/// As [`named`].
pub(super) fn of_name(name: &[u8]) -> Result<Option<Compression>, IrisError> {
    let name = String::from_utf8_lossy(name);
    if name.is_empty() || name.eq_ignore_ascii_case("identity") {
        return Ok(None);
    }
    match Compression::of_name(&name) {
        Some(compression) => Ok(Some(compression)),
        None => Err(IrisError::communication(
            Status::Unimplemented,
            format!(
                "the compression `{}` is unknown; accepted are {}",
                crate::disclosure::shown(&name),
                Compression::accepted().to_str().unwrap_or_default()
            ),
        )),
    }
}

/// Says in a response how its messages are compressed.
pub(super) fn write(headers: &mut HeaderMap, header: HeaderName, compression: Option<Compression>) {
    if let Some(compression) = compression {
        headers.insert(header, HeaderValue::from_static(compression.as_str()));
    }
}
