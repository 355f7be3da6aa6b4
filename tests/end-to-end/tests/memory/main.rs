//! What hostile callers make a server hold: bytes, counted by the allocator of this process.
//!
//! A program of its own, since everything else that runs would be counted too. With `--nocapture` it prints
//! the table of `docs/hostile-input.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

mod measured;
mod peaks;
mod stalled;

use cap::Cap;
use std::alloc::System;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// One after the other: they share what is counted.
#[tokio::test]
async fn what_hostile_callers_cost_is_bounded() {
    // The most that was ever held can only be told before there was more.
    peaks::measure().await;
    stalled::measure().await;
}
