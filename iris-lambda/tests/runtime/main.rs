//! Executables that use the crate, as real processes: under a Runtime API, and by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

mod application;
mod by_hand;
mod context;
mod events;
mod failures;
mod handlers;
mod kinds;
mod streams;
mod support;
mod together;
