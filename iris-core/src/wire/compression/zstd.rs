//! Zstandard, by the library of its authors.

use super::{Compression, DecompressError, read_to_limit};
use bytes::Bytes;
use std::cell::RefCell;
use zstd::bulk::Compressor;
use zstd::stream::read::Decoder;

/// What the library takes unless told otherwise.
const LEVEL: i32 = 3;

/// 8 MiB: what receivers must have room for, and no more (RFC 9659, section 3).
const WINDOW_LOG: u32 = 23;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn compress(message: &[u8], packed: &mut Vec<u8>) {
    COMPRESSOR.with(|compressor| {
        let mut compressor = compressor.borrow_mut();
        if compressor.is_none() {
            *compressor = Compressor::new(LEVEL).ok();
        }
        let compressed = compressor
            .as_mut()
            .and_then(|compressor| compressor.compress(message).ok());
        // The library fails where it gets no memory, as Rust's own would, which ends the process.
        packed.extend_from_slice(&compressed.unwrap_or_default());
    });
}

pub(super) fn decompress(packed: &[u8], limit: usize) -> Result<Bytes, DecompressError> {
    let compression = Compression::Zstd;
    let mut decoder = Decoder::with_buffer(packed).map_err(|error| compression.invalid(error))?;
    decoder
        .window_log_max(WINDOW_LOG)
        .map_err(|error| compression.invalid(error))?;
    read_to_limit(compression, packed.len(), decoder, limit)
}
