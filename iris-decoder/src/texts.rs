//! Texts, put together so that JavaScript decodes many of them in one call and cuts them apart.
//!
//! A text that was cut out keeps all of what it was cut from. So texts are put together in windows of [`WINDOW`] units of
//! UTF-16, none of which goes on into the next. A text of more bytes stays where it is in the message: one call for it alone
//! costs less than to copy it.

use core::str;

/// How many units of UTF-16 a window has.
pub const WINDOW: usize = 1 << 11;

/// Set in the length of a text that stays in the message: its place and its length are then in bytes, and nobody has looked
/// whether it is UTF-8.
pub const IN_MESSAGE: u32 = 1 << 31;

/// The texts of a message.
pub(crate) struct Texts<'a> {
    text: &'a mut [u8],
    /// Where each window begins in `text`, and at last where the last one ends.
    windows: &'a mut [u32],
    /// How many windows there are, how many bytes in all of them, and how many units in the last.
    count: usize,
    bytes: usize,
    units: usize,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(text: &'a mut [u8], windows: &'a mut [u32]) -> Self {
        Texts {
            text,
            windows,
            count: 0,
            bytes: 0,
            units: WINDOW,
        }
    }

    /// Adds a text that begins there in the message. Gives where it begins and how long it is, in units.
    pub(crate) fn add(&mut self, at: usize, text: &[u8]) -> Option<[u32; 2]> {
        if text.len() > WINDOW {
            let length = u32::try_from(text.len()).ok()?;
            return Some([u32::try_from(at).ok()?, length | IN_MESSAGE]);
        }
        let length = match text.is_ascii() {
            true => text.len(),
            false => str::from_utf8(text).ok()?.encode_utf16().count(),
        };
        if length == 0 {
            return Some([0, 0]);
        }
        if self.units + length > WINDOW {
            self.mark()?;
            self.count += 1;
            self.units = 0;
        }
        let end = self.bytes + text.len();
        self.text.get_mut(self.bytes..end)?.copy_from_slice(text);
        self.bytes = end;
        let start = (self.count - 1) * WINDOW + self.units;
        self.units += length;
        Some([u32::try_from(start).ok()?, u32::try_from(length).ok()?])
    }

    /// A window begins here, or the last one ends.
    fn mark(&mut self) -> Option<()> {
        *self.windows.get_mut(self.count)? = u32::try_from(self.bytes).ok()?;
        Some(())
    }

    /// There are no more.
    pub(crate) fn end(mut self) -> Option<()> {
        self.mark()
    }
}
