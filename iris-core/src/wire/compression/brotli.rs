//! Brotli, in Rust.

use super::{CompressError, Compression, DecompressError, read_to_limit};
use brotli::enc::BrotliEncoderParams;
use brotli::{BrotliCompress, Decompressor};
use bytes::Bytes;

/// Of 11: what is made for one reader is not worth the time of what is stored for many.
const QUALITY: i32 = 4;

/// The seven bits with which an extension begins that has windows of up to 1 GiB. To RFC 7932, section 9.1,
/// they are invalid; the library takes them.
const LARGE_WINDOW: u8 = 0b001_0001;

/// The buffer between the packed bytes and the decompressor, in bytes.
const BUFFER: usize = 4096;

pub(super) fn compress(message: &[u8], packed: &mut Vec<u8>) -> Result<(), CompressError> {
    let parameters = BrotliEncoderParams {
        quality: QUALITY,
        size_hint: message.len(),
        ..BrotliEncoderParams::default()
    };
    match BrotliCompress(&mut &*message, packed, &parameters) {
        Ok(_) => Ok(()),
        Err(error) => Err(Compression::Brotli.failed(error)),
    }
}

pub(super) fn decompress(packed: &[u8], limit: usize) -> Result<Bytes, DecompressError> {
    if packed
        .first()
        .is_some_and(|first| first & 0x7f == LARGE_WINDOW)
    {
        return Err(Compression::Brotli.invalid("its window is larger than 16 MiB"));
    }
    let decompressor = Decompressor::new(packed, BUFFER);
    read_to_limit(Compression::Brotli, packed.len(), decompressor, limit)
}
