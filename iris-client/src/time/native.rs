//! Tokio's clock and timers.

pub(crate) use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout_at};

/// The deadline of the call being served, where a procedure makes this one.
pub(crate) fn inherited() -> Option<Instant> {
    iris_core::deadline::current().map(Instant::from_std)
}
