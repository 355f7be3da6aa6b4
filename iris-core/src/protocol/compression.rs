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
/// Where this server does not know it, or it is more than one; the error names those that it knows.
pub(super) fn named(
    headers: &HeaderMap,
    header: HeaderName,
) -> Result<Option<Compression>, IrisError> {
    let mut values = headers.get_all(header).iter().map(HeaderValue::as_bytes);
    let Some(first) = values.next() else {
        return Ok(None);
    };
    match values.next() {
        None => of_name(first),
        // Several lines are one list (RFC 9110, section 5.3), which is the name of none.
        Some(second) => of_name(&[first, second].join(&b", "[..])),
    }
}

/// The same for a body of envelopes, which names its own in `header`.
///
/// # Errors
///
/// As [`named`]; and where the body is compressed once more as a whole, for which these protocols have no place.
pub(super) fn of_envelopes(
    headers: &HeaderMap,
    header: HeaderName,
) -> Result<Option<Compression>, IrisError> {
    let mut around = headers.get_all(UNARY).iter().map(HeaderValue::as_bytes);
    let around = around.find(|name| !is_none(name));
    match around {
        None => named(headers, header),
        Some(name) => Err(IrisError::communication(
            Status::Unimplemented,
            format!(
                "the body as a whole is compressed ({UNARY}: {}); its messages may be, one by one, with {header}",
                crate::disclosure::shown(&String::from_utf8_lossy(name))
            ),
        )),
    }
}

fn is_none(name: &[u8]) -> bool {
    name.is_empty() || name.eq_ignore_ascii_case(b"identity")
}

/// The compression of this name, which may be `identity`.
///
/// # Errors
///
/// As [`named`].
pub(super) fn of_name(name: &[u8]) -> Result<Option<Compression>, IrisError> {
    if is_none(name) {
        return Ok(None);
    }
    let name = String::from_utf8_lossy(name);
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
