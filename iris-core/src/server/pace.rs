//! Whether a caller may be quiet, where a layer has wrapped the body that has to know.

use std::sync::atomic::{AtomicBool, Ordering};

/// What a request's body and whoever reads its messages have in common, though a layer's body may be between them.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// The body is a stream of messages, and its sender may be quiet between them.
    pauses: AtomicBool,
    /// A message has begun that is not all there.
    within_message: AtomicBool,
}

impl Pace {
    pub(crate) fn allow_pauses(&self) {
        self.pauses.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_within_message(&self, within: bool) {
        self.within_message.store(within, Ordering::Relaxed);
    }

    /// Whether the sender may be quiet now.
    pub(crate) fn is_free(&self) -> bool {
        self.pauses.load(Ordering::Relaxed) && !self.within_message.load(Ordering::Relaxed)
    }
}
