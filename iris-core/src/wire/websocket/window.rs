//! How much may be sent on one stream before its receiver has read.
//!
//! Each direction of a stream begins with [`WINDOW`] bytes. DATA takes from it, WINDOW gives back what the application
//! has read. So neither side holds more than that for a stream, whoever is slow.

use super::frame::MAX_DATA;
use std::fmt;

/// What may be sent on a stream from its beginning, in bytes.
pub const WINDOW: u32 = 262_144;

/// The most that a sender may ever be allowed, in bytes, as in HTTP/2 (RFC 9113, section 6.9.1).
pub const MAX_WINDOW: u32 = 0x7fff_ffff;

/// The other side does not keep to the window; the stream is reset with [`Reset::FlowControl`](super::Reset).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowControlBroken;

impl fmt::Display for FlowControlBroken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the window of the stream was not kept to")
    }
}

impl std::error::Error for FlowControlBroken {}

/// What one side may send on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendWindow {
    left: u32,
}

impl SendWindow {
    /// The window of a stream that begins.
    pub fn new() -> Self {
        SendWindow { left: WINDOW }
    }

    /// Whether nothing may be sent until the other side gives more.
    pub fn is_shut(&self) -> bool {
        self.left == 0
    }

    /// How many of `wanted` bytes may be sent now, in one frame. They count as sent.
    ///
    /// ```
    /// use iris_core::wire::websocket::{MAX_DATA, SendWindow, WINDOW};
    ///
    /// let mut window = SendWindow::new();
    /// assert_eq!(window.take(10), 10);
    /// assert_eq!(window.take(1 << 20), MAX_DATA);
    /// while window.take(MAX_DATA) > 0 {}
    /// assert!(window.is_shut());
    /// window.widen(WINDOW).unwrap();
    /// assert_eq!(window.take(10), 10);
    /// ```
    pub fn take(&mut self, wanted: usize) -> usize {
        let taken = wanted.min(MAX_DATA).min(self.left as usize);
        // No more than `left`, which is a u32.
        self.left -= taken as u32;
        taken
    }

    /// Takes what the other side's WINDOW gives, in bytes.
    ///
    /// # Errors
    ///
    /// Where the window would be above [`MAX_WINDOW`].
    pub fn widen(&mut self, more: u32) -> Result<(), FlowControlBroken> {
        let left = self.left.checked_add(more);
        self.left = left
            .filter(|left| *left <= MAX_WINDOW)
            .ok_or(FlowControlBroken)?;
        Ok(())
    }
}

impl Default for SendWindow {
    fn default() -> Self {
        SendWindow::new()
    }
}

/// What one side may still receive on a stream, and has to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveWindow {
    left: u32,
    /// Read by the application, and not given back yet.
    consumed: u32,
}

impl ReceiveWindow {
    /// The window of a stream that begins.
    pub fn new() -> Self {
        ReceiveWindow {
            left: WINDOW,
            consumed: 0,
        }
    }

    /// Counts DATA that arrived, in bytes.
    ///
    /// # Errors
    ///
    /// Where it is more than the other side may send.
    pub fn receive(&mut self, bytes: usize) -> Result<(), FlowControlBroken> {
        let bytes = u32::try_from(bytes).map_err(|_| FlowControlBroken)?;
        self.left = self.left.checked_sub(bytes).ok_or(FlowControlBroken)?;
        Ok(())
    }

    /// Counts bytes that the application has read. What comes back is for a WINDOW that is to be sent now.
    ///
    /// Less than half of the window is kept for later, so that small messages do not cost a WINDOW each.
    ///
    /// ```
    /// use iris_core::wire::websocket::{ReceiveWindow, WINDOW};
    ///
    /// let mut window = ReceiveWindow::new();
    /// window.receive(WINDOW as usize).unwrap();
    /// assert!(window.receive(1).is_err());
    /// assert_eq!(window.consume(WINDOW as usize / 2 - 1), None);
    /// assert_eq!(window.consume(1), Some(WINDOW / 2));
    /// window.receive(WINDOW as usize / 2).unwrap();
    /// ```
    pub fn consume(&mut self, bytes: usize) -> Option<u32> {
        // No more can have been read than has arrived.
        let arrived = WINDOW - self.left - self.consumed;
        self.consumed += arrived.min(u32::try_from(bytes).unwrap_or(u32::MAX));
        if self.consumed < WINDOW / 2 {
            return None;
        }
        let back = std::mem::take(&mut self.consumed);
        self.left += back;
        Some(back)
    }
}

impl Default for ReceiveWindow {
    fn default() -> Self {
        ReceiveWindow::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_window_does_not_grow_for_ever() {
        let mut window = SendWindow::new();
        assert_eq!(window.widen(MAX_WINDOW - WINDOW), Ok(()));
        assert_eq!(window.widen(1), Err(FlowControlBroken));
        assert_eq!(window.widen(u32::MAX), Err(FlowControlBroken));
        assert_eq!(window.take(1), 1);
        assert_eq!(window.widen(1), Ok(()));
    }

    proptest! {
        /// Whatever is sent and read, in any order: what waits is never above the window, and the two sides agree.
        #[test]
        fn both_sides_count_alike(steps in proptest::collection::vec((any::<bool>(), 0usize..200_000), 0..200)) {
            let (mut sender, mut receiver) = (SendWindow::new(), ReceiveWindow::new());
            let mut waiting = 0;
            for (sends, bytes) in steps {
                if sends {
                    let sent = sender.take(bytes);
                    prop_assert!(sent <= MAX_DATA);
                    prop_assert_eq!(receiver.receive(sent), Ok(()));
                    waiting += sent;
                } else {
                    let read = bytes.min(waiting);
                    waiting -= read;
                    if let Some(back) = receiver.consume(read) {
                        prop_assert!(back >= WINDOW / 2);
                        prop_assert_eq!(sender.widen(back), Ok(()));
                    }
                }
                prop_assert!(waiting <= WINDOW as usize);
            }
            // Once all is read, the sender is never stuck.
            if let Some(back) = receiver.consume(waiting) {
                sender.widen(back).unwrap();
            }
            prop_assert!(!sender.is_shut());
        }
    }
}
