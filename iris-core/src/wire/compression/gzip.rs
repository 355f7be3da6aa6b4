//! gzip and zlib, which differ in what they wrap around the same stream.

use super::{CompressError, Compression, DecompressError};
use bytes::Bytes;
use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};
use std::cell::RefCell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Gzip,
    Zlib,
}

/// 32 KiB, what every reader of the format must have room for.
const WINDOW_BITS: u8 = 15;

/// The least room that is made for more output, in bytes.
const STEP: usize = 1024;

/// The most members of one message. Each costs a decompressor, however little it holds: 20 bytes are a
/// whole one, and a message of 4 MiB could have 200,000. Tools that write many make them of 64 KiB.
const MEMBERS: usize = 1024;

thread_local! {
    /// A compressor has some 300 KiB of tables, too much to make anew for a message.
    static COMPRESSORS: [RefCell<Option<Compress>>; 2] = const { [RefCell::new(None), RefCell::new(None)] };
}

impl Wrapper {
    fn compression(self) -> Compression {
        match self {
            Wrapper::Gzip => Compression::Gzip,
            Wrapper::Zlib => Compression::Deflate,
        }
    }

    fn compressor(self) -> Compress {
        let level = flate2::Compression::default();
        match self {
            Wrapper::Gzip => Compress::new_gzip(level, WINDOW_BITS),
            Wrapper::Zlib => Compress::new(level, true),
        }
    }

    fn decompressor(self) -> Decompress {
        match self {
            Wrapper::Gzip => Decompress::new_gzip(WINDOW_BITS),
            Wrapper::Zlib => Decompress::new(true),
        }
    }
}

pub(super) fn compress(
    wrapper: Wrapper,
    message: &[u8],
    packed: &mut Vec<u8>,
) -> Result<(), CompressError> {
    COMPRESSORS.with(|compressors| {
        let mut compressor = compressors[wrapper as usize].borrow_mut();
        let compressor = compressor.get_or_insert_with(|| wrapper.compressor());
        compressor.reset();
        packed.reserve(message.len() / 2 + STEP);
        loop {
            let read = usize::try_from(compressor.total_in()).unwrap_or(usize::MAX);
            let rest = message.get(read..).unwrap_or_default();
            let status = compressor
                .compress_vec(rest, packed, FlushCompress::Finish)
                .map_err(|error| wrapper.compression().failed(error))?;
            match status {
                Status::StreamEnd => return Ok(()),
                Status::Ok | Status::BufError => packed.reserve(STEP.max(packed.len() / 2)),
            }
        }
    })
}

pub(super) fn decompress(
    wrapper: Wrapper,
    packed: &[u8],
    limit: usize,
) -> Result<Bytes, DecompressError> {
    let invalid = |why: &str| wrapper.compression().invalid(why);
    let expected = packed.len().saturating_mul(4).max(STEP);
    let mut message = Vec::with_capacity(expected.min(most(limit)));
    let mut rest = packed;
    // gzip may be several members, one behind the other (RFC 1952, section 2.2).
    for _ in 0..MEMBERS {
        let mut decompressor = wrapper.decompressor();
        let rest_of_member =
            member(&mut decompressor, rest, &mut message, limit).map_err(|fault| match fault {
                Fault::TooLarge => DecompressError::TooLarge { limit },
                Fault::Incomplete => invalid("it ends too early"),
                Fault::Damaged(why) => invalid(&why),
            })?;
        rest = rest_of_member;
        if rest.is_empty() {
            return Ok(message.into());
        }
        if wrapper == Wrapper::Zlib {
            return Err(invalid("there is more behind its end"));
        }
    }
    Err(invalid(&format!("it has more than {MEMBERS} members")))
}

/// The most bytes that are unpacked: one beyond the limit tells that there are too many.
fn most(limit: usize) -> usize {
    limit.saturating_add(1)
}

enum Fault {
    TooLarge,
    Incomplete,
    Damaged(String),
}

/// Unpacks to the end of one stream; gives what stands behind it. There is room for no more than [`most`].
fn member<'a>(
    decompressor: &mut Decompress,
    packed: &'a [u8],
    message: &mut Vec<u8>,
    limit: usize,
) -> Result<&'a [u8], Fault> {
    loop {
        if message.len() == message.capacity() {
            let more = STEP.max(message.len());
            message.reserve_exact(more.min(most(limit) - message.len()));
        }
        let before = (decompressor.total_in(), message.len());
        let read = usize::try_from(before.0).unwrap_or(usize::MAX);
        let rest = packed.get(read..).unwrap_or_default();
        let status = decompressor
            .decompress_vec(rest, message, FlushDecompress::None)
            .map_err(|error| Fault::Damaged(error.to_string()))?;
        if message.len() > limit {
            return Err(Fault::TooLarge);
        }
        let read = usize::try_from(decompressor.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            return Ok(packed.get(read..).unwrap_or_default());
        }
        let stuck = before == (decompressor.total_in(), message.len());
        if stuck && message.len() < message.capacity() {
            return Err(Fault::Incomplete);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_room_is_made_than_for_one_byte_beyond_the_limit() {
        for length in [0, 999, 100_000, 100_001, 3_000_000] {
            let mut packed = Vec::new();
            compress(Wrapper::Gzip, &vec![7; length], &mut packed).unwrap();
            let mut message = Vec::new();
            let read = member(
                &mut Wrapper::Gzip.decompressor(),
                &packed,
                &mut message,
                100_000,
            );
            assert_eq!(read.is_ok(), length <= 100_000, "{length}");
            assert_eq!(message.len(), length.min(100_001));
            assert!(message.capacity() <= 100_001, "{}", message.capacity());
        }
    }
}
