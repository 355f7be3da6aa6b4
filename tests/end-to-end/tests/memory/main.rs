//! What hostile callers make a server hold, and hostile servers a client: bytes, counted by the allocator of this process.
//!
//! A program of its own, since everything else that runs would be counted too. With `--nocapture` it prints
//! the table of `docs/hostile-input.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

mod answers;
mod attacks;
mod endless;
mod floods;
mod measured;
mod peaks;
#[path = "../shared/endless.rs"]
mod said_without_end;
mod spoken;
mod stalled;

use cap::Cap;
use std::alloc::System;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// One after the other: they share what is counted.
#[tokio::test]
async fn what_hostile_callers_cost_is_bounded() {
    if let Some(attack) = peaks::to_be_measured() {
        peaks::measure(&attack).await;
        return;
    }
    if let Some(answer) = answers::to_be_measured() {
        answers::measure(answer).await;
        return;
    }
    if let Some(asked) = endless::to_be_measured() {
        endless::measure(&asked).await;
        return;
    }
    peaks::measure_each();
    answers::measure_each();
    endless::measure_each();
    stalled::measure().await;
    floods::measure().await;
}
