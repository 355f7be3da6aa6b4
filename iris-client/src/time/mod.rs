//! Time, as Tokio measures it, or a browser.

#[cfg(feature = "native")]
mod native;
#[cfg(not(feature = "native"))]
mod web;

#[cfg(feature = "native")]
pub(crate) use native::{Instant, Sleep, inherited, sleep, sleep_until, timeout_at};
#[cfg(not(feature = "native"))]
pub(crate) use web::{Instant, Sleep, inherited, sleep, sleep_until, timeout_at};
