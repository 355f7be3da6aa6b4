//! Who waits for something.

use std::task::Waker;

/// Writes down who waits. Whoever waited before is given back, to be dropped where nothing is locked: with the last waker
/// of a task its future goes, and what that holds may want the same lock.
#[must_use]
pub(crate) fn wait(waiting: &mut Option<Waker>, waker: &Waker) -> Option<Waker> {
    match waiting {
        Some(known) if known.will_wake(waker) => None,
        _ => waiting.replace(waker.clone()),
    }
}
