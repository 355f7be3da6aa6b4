//! Zstandard, by the library of its authors.

use super::{CompressError, Compression, DecompressError, read_to_limit};
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

/// The library fails where it gets no memory.
pub(super) fn compress(message: &[u8], packed: &mut Vec<u8>) -> Result<(), CompressError> {
    let failed = |error| Compression::Zstd.failed(error);
    COMPRESSOR.with(|kept| {
        let mut kept = kept.borrow_mut();
        let compressor = match &mut *kept {
            Some(compressor) => compressor,
            none => none.insert(Compressor::new(LEVEL).map_err(failed)?),
        };
        packed.extend_from_slice(&compressor.compress(message).map_err(failed)?);
        Ok(())
    })
}

pub(super) fn decompress(packed: &[u8], limit: usize) -> Result<Bytes, DecompressError> {
    let compression = Compression::Zstd;
    let mut decoder = Decoder::with_buffer(packed).map_err(|error| compression.invalid(error))?;
    decoder
        .window_log_max(WINDOW_LOG)
        .map_err(|error| compression.invalid(error))?;
    read_to_limit(compression, packed.len(), decoder, limit)
}
