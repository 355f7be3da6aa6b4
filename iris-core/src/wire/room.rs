//! How much room is made for a message of which a part has come.

/// Whoever has sent less than this, in bytes, counts as having sent so much.
const BEGUN: usize = 1024;

/// Room is made for so many times what has arrived.
const AHEAD: usize = 16;

/// The bytes to have room for, of which `arrived` are there and `wanted` are announced: for all of them, unless that would be
/// far more than their sender has sent so far.
pub(crate) fn room(arrived: usize, wanted: usize) -> usize {
    wanted.min(arrived.max(BEGUN).saturating_mul(AHEAD))
}
