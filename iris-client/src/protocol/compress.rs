//! Compressed messages, on their way out and in.

use super::answer;
use crate::{Compression, IrisError, code};
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderName, HeaderValue};
use iris_core::wire::envelope::{self, PREFIX};
#[cfg(feature = "native")]
use iris_core::wire::grpc_web::ToText;
use iris_core::{Chunks, Pieces};
use std::borrow::Cow;

/// Which requests are compressed, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compress {
    pub(crate) compression: Compression,
    /// The fewest bytes of a message that is. With 0 all are, those too that it makes longer.
    pub(crate) at_least: usize,
}

/// The body of a request that has one message.
#[derive(Debug, Clone)]
pub(crate) struct Encoded {
    pub(crate) chunks: Chunks,
    /// How the body as a whole is compressed. An envelope inside says so itself.
    pub(crate) compression: Option<Compression>,
}

impl Compress {
    /// The header's value.
    pub(super) fn name(self) -> HeaderValue {
        HeaderValue::from_static(self.compression.as_str())
    }

    /// Compresses the message of the envelope that begins at `start` and is the last, where it is long enough.
    pub(crate) fn envelope(self, buffer: &mut BytesMut, start: usize) {
        if let Some(packed) = self.message(&buffer[start + PREFIX..]) {
            envelope::replace_payload(buffer, start, envelope::COMPRESSED, &packed);
        }
    }

    /// The compressed message. `None` where it is to go as it is: it is short, or nothing is gained by it.
    fn message(self, message: &[u8]) -> Option<Vec<u8>> {
        if message.len() < self.at_least {
            return None;
        }
        if self.at_least > 0 {
            return self.compression.shorter(message);
        }
        let mut packed = Vec::new();
        self.compression.compress(message, &mut packed).ok()?;
        Some(packed)
    }
}

/// What messages are written into. What is compressed is looked at as a whole.
pub(crate) fn pieces(compress: Option<Compress>) -> Pieces {
    match compress {
        Some(_) => Pieces::contiguous(),
        None => Pieces::new(),
    }
}

impl Encoded {
    /// The message of an envelope, in it.
    pub(super) fn in_envelope(mut envelope: Pieces, compress: Option<Compress>) -> Encoded {
        if let Some(compress) = compress {
            compress.envelope(envelope.buffer(), 0);
        }
        Encoded {
            chunks: envelope.freeze(),
            compression: None,
        }
    }

    /// The same in base64.
    #[cfg(feature = "native")]
    pub(super) fn into_text(self) -> Encoded {
        let text = ToText::text(&self.chunks.concat());
        Encoded {
            chunks: Bytes::from(text).into(),
            ..self
        }
    }

    /// The message out of its envelope.
    pub(super) fn bare(mut envelope: Pieces, compress: Option<Compress>) -> Encoded {
        envelope.advance(PREFIX);
        let packed = compress.and_then(|compress| {
            let packed = compress.message(envelope.buffer())?;
            Some((packed, compress.compression))
        });
        match packed {
            Some((packed, compression)) => Encoded {
                chunks: Bytes::from(packed).into(),
                compression: Some(compression),
            },
            None => Encoded {
                chunks: envelope.freeze(),
                compression: None,
            },
        }
    }

    /// Says in the headers how the body is compressed.
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        if let Some(compression) = self.compression {
            let name = HeaderValue::from_static(compression.as_str());
            headers.insert(CONTENT_ENCODING, name);
        }
    }
}

/// The compression that a header of an answer names.
///
/// # Errors
///
/// Where it is none that this build has, or more than one, and so none that was asked for.
pub(super) fn named(
    headers: &HeaderMap,
    name: &HeaderName,
    base: &str,
) -> Result<Option<Compression>, IrisError> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    let Some(first) = values.next() else {
        return Ok(None);
    };
    // Several lines are one list (RFC 9110, section 5.3), which is the name of none.
    let value = match values.next() {
        None => Cow::from(first),
        Some(second) => [first, second].join(&b", "[..]).into(),
    };
    let value = String::from_utf8_lossy(&value);
    match value.trim() {
        "" => Ok(None),
        identity if identity.eq_ignore_ascii_case("identity") => Ok(None),
        name => match Compression::of_name(name) {
            Some(compression) => Ok(Some(compression)),
            None => Err(answer::compressed(base, name)),
        },
    }
}

/// The same for a body of envelopes, which names its own in `name`.
///
/// # Errors
///
/// As [`named`]; and where the body is compressed once more as a whole, which nobody asked for either.
pub(super) fn of_envelopes(
    headers: &HeaderMap,
    name: &HeaderName,
    base: &str,
) -> Result<Option<Compression>, IrisError> {
    match named(headers, &CONTENT_ENCODING, base)? {
        None => named(headers, name, base),
        Some(around) => Err(answer::compressed(base, around.as_str())),
    }
}

/// Unpacks a message, no further than `limit`. No bytes at all are never compressed (Connect protocol, "Unary-Response").
pub(super) fn unpacked(
    compression: Compression,
    packed: Bytes,
    limit: usize,
) -> Result<Bytes, IrisError> {
    if packed.is_empty() {
        return Ok(packed);
    }
    compression
        .decompress(&packed, limit)
        .map_err(|error| error.into_error(code::IRIS_INVALID_RESPONSE_MESSAGE))
}
