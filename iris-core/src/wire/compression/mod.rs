//! Compression of messages: gRPC's `grpc-encoding`, Connect's `content-encoding` and
//! `connect-content-encoding`, by the names of RFC 9110, section 8.4.1, and the IANA registry.
//!
//! Which there are is a matter of features: `gzip` (with deflate), `zstd`, `brotli`. A compressed message is
//! unpacked no further than the limit for messages, so that a small one cannot fill the memory.

#[cfg(feature = "brotli")]
mod brotli;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "zstd")]
mod zstd;

use crate::{IrisError, code};
use bytes::Bytes;
use http::HeaderValue;
use std::fmt;

/// A way to compress messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// `gzip` (RFC 1952).
    #[cfg(feature = "gzip")]
    Gzip,
    /// `deflate`: zlib's format (RFC 1950), not the bare one.
    #[cfg(feature = "gzip")]
    Deflate,
    /// `zstd` (RFC 8878), with windows of up to 8 MiB (RFC 9659).
    #[cfg(feature = "zstd")]
    Zstd,
    /// `br` (RFC 7932).
    #[cfg(feature = "brotli")]
    Brotli,
}

/// Why a message could not be compressed. It can be sent as it is.
#[derive(Debug, PartialEq, Eq)]
pub struct CompressError {
    compression: Compression,
    why: String,
}

/// Why a compressed message cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum DecompressError {
    /// It unpacks to more than the receiver allows. It was unpacked no further.
    TooLarge {
        /// What the receiver allows, in bytes.
        limit: usize,
    },
    /// The bytes are not what their compression's name says.
    Invalid {
        /// The compression.
        compression: Compression,
        /// What is wrong, as the library says it.
        why: String,
    },
}

impl Compression {
    /// Every compression that this build has, the one to prefer first.
    pub const ALL: &'static [Compression] = &[
        #[cfg(feature = "gzip")]
        Compression::Gzip,
        #[cfg(feature = "zstd")]
        Compression::Zstd,
        #[cfg(feature = "brotli")]
        Compression::Brotli,
        #[cfg(feature = "gzip")]
        Compression::Deflate,
    ];

    /// The name in headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "gzip")]
            Compression::Gzip => "gzip",
            #[cfg(feature = "gzip")]
            Compression::Deflate => "deflate",
            #[cfg(feature = "zstd")]
            Compression::Zstd => "zstd",
            #[cfg(feature = "brotli")]
            Compression::Brotli => "br",
        }
    }

    /// The compression of this name. `None` where this build has none; `identity` is none.
    pub fn of_name(name: &str) -> Option<Compression> {
        Compression::ALL
            .iter()
            .copied()
            .find(|compression| name.eq_ignore_ascii_case(compression.as_str()))
    }

    /// The first of a header's list that this build has. What it refuses with `q=0` is passed over.
    pub fn of_list(accepted: &HeaderValue) -> Option<Compression> {
        let accepted = accepted.to_str().ok()?;
        accepted.split(',').find_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let compression = Compression::of_name(parts.next()?)?;
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let refused = weight.is_some_and(|weight| weight.parse() == Ok(0.0));
            (!refused).then_some(compression)
        })
    }

    /// The names of all that this build reads, for a header: `gzip,deflate,identity`.
    pub fn accepted() -> HeaderValue {
        HeaderValue::from_static(ACCEPTED)
    }

    /// The packed message. `None` where it is to go as it is: packed it would be no shorter, or the library fails.
    pub fn shorter(self, message: &[u8]) -> Option<Vec<u8>> {
        let mut packed = Vec::new();
        self.compress(message, &mut packed).ok()?;
        (packed.len() < message.len()).then_some(packed)
    }

    /// Packs a message, behind what is already there.
    ///
    /// # Errors
    ///
    /// Where the library fails, such as for want of memory. `packed` is then as it was.
    pub fn compress(self, message: &[u8], packed: &mut Vec<u8>) -> Result<(), CompressError> {
        let before = packed.len();
        let compressed = self.append(message, packed);
        if compressed.is_err() {
            packed.truncate(before);
        }
        compressed
    }

    fn append(self, message: &[u8], packed: &mut Vec<u8>) -> Result<(), CompressError> {
        let _ = (message, &packed);
        match self {
            #[cfg(feature = "gzip")]
            Compression::Gzip => gzip::compress(gzip::Wrapper::Gzip, message, packed),
            #[cfg(feature = "gzip")]
            Compression::Deflate => gzip::compress(gzip::Wrapper::Zlib, message, packed),
            #[cfg(feature = "zstd")]
            Compression::Zstd => zstd::compress(message, packed),
            #[cfg(feature = "brotli")]
            Compression::Brotli => brotli::compress(message, packed),
        }
    }

    /// Unpacks a message, no further than `limit` bytes.
    ///
    /// # Errors
    ///
    /// Where it has more than that, or is not what its name says: incomplete, damaged, or something else.
    pub fn decompress(self, packed: &[u8], limit: usize) -> Result<Bytes, DecompressError> {
        let _ = (packed, limit);
        match self {
            #[cfg(feature = "gzip")]
            Compression::Gzip => gzip::decompress(gzip::Wrapper::Gzip, packed, limit),
            #[cfg(feature = "gzip")]
            Compression::Deflate => gzip::decompress(gzip::Wrapper::Zlib, packed, limit),
            #[cfg(feature = "zstd")]
            Compression::Zstd => zstd::decompress(packed, limit),
            #[cfg(feature = "brotli")]
            Compression::Brotli => brotli::decompress(packed, limit),
        }
    }

    #[cfg(any(feature = "gzip", feature = "zstd", feature = "brotli"))]
    fn failed(self, why: impl fmt::Display) -> CompressError {
        CompressError {
            compression: self,
            why: why.to_string(),
        }
    }

    #[cfg(any(feature = "gzip", feature = "zstd", feature = "brotli"))]
    fn invalid(self, why: impl fmt::Display) -> DecompressError {
        DecompressError::Invalid {
            compression: self,
            why: why.to_string(),
        }
    }
}

/// The names in the order of [`Compression::ALL`]; a list for each set of features, since constants cannot be joined.
const ACCEPTED: &str = {
    const GZIP: bool = cfg!(feature = "gzip");
    const ZSTD: bool = cfg!(feature = "zstd");
    const BROTLI: bool = cfg!(feature = "brotli");
    match (GZIP, ZSTD, BROTLI) {
        (false, false, false) => "identity",
        (true, false, false) => "gzip,deflate,identity",
        (true, true, false) => "gzip,zstd,deflate,identity",
        (true, false, true) => "gzip,br,deflate,identity",
        (true, true, true) => "gzip,zstd,br,deflate,identity",
        (false, true, false) => "zstd,identity",
        (false, false, true) => "br,identity",
        (false, true, true) => "zstd,br,identity",
    }
};

/// Reads what unpacks to its end, no further than `limit` bytes.
#[cfg(any(feature = "zstd", feature = "brotli"))]
fn read_to_limit(
    compression: Compression,
    packed: usize,
    reader: impl std::io::Read,
    limit: usize,
) -> Result<Bytes, DecompressError> {
    use std::io::Read;
    // Most messages shrink to a quarter or so; what is larger grows by doubling.
    let mut message = Vec::with_capacity(packed.saturating_mul(4).min(limit));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(most)
        .read_to_end(&mut message)
        .map_err(|error| compression.invalid(error))?;
    match message.len() > limit {
        true => Err(DecompressError::TooLarge { limit }),
        false => Ok(message.into()),
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for CompressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CompressError { compression, why } = self;
        write!(
            formatter,
            "the message cannot be put in {compression}: {why}"
        )
    }
}

impl std::error::Error for CompressError {}

impl DecompressError {
    /// The error to report; `undecodable` is 910 on the server, 911 on the client.
    pub fn into_error(self, undecodable: i32) -> IrisError {
        let code = match self {
            DecompressError::TooLarge { .. } => code::IRIS_MESSAGE_TOO_LARGE,
            DecompressError::Invalid { .. } => undecodable,
        };
        IrisError::new(code, self.to_string())
    }
}

impl fmt::Display for DecompressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecompressError::TooLarge { limit } => write!(
                formatter,
                "the compressed message unpacks to more than the limit of {limit} bytes"
            ),
            DecompressError::Invalid { compression, why } => {
                write!(formatter, "the message is not in {compression}: {why}")
            }
        }
    }
}

impl std::error::Error for DecompressError {}

#[cfg(test)]
mod tests;
