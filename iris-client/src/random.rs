//! Random numbers for spreading: of calls over connections, of attempts over time.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Any number. The hasher's keys are random: enough for spreading, without a dependency.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// A number below `limit`, which must not be 0.
pub(crate) fn below(limit: usize) -> usize {
    (random() as u32 as usize) % limit
}

/// A number from 0 to 1.
pub(crate) fn share() -> f64 {
    f64::from(random() as u32) / f64::from(u32::MAX)
}
