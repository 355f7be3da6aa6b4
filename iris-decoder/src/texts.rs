//! Texts, put together so that JavaScript decodes many of them in one call and cuts them apart.
//!
//! A text that was cut out keeps all of what it was cut from. So texts are put together in windows of [`WINDOW`] units of
//! UTF-16, none of which goes on into the next, but for a text that is longer by itself: it begins a window, and the next one
//! begins the next.

/// How many units of UTF-16 a window has.
pub const WINDOW: usize = 1 << 14;

/// The texts of a message.
pub(crate) struct Texts<'a> {
    text: &'a mut [u8],
    /// Where each window begins in `text`, and at last where the last one ends.
    windows: &'a mut [u32],
    /// How many bytes there are.
    bytes: usize,
    /// How many units, with those that windows are not filled up with.
    units: usize,
    /// The window that was begun last.
    window: usize,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(text: &'a mut [u8], windows: &'a mut [u32]) -> Option<Self> {
        *windows.first_mut()? = 0;
        Some(Texts {
            text,
            windows,
            bytes: 0,
            units: 0,
            window: 0,
        })
    }

    /// Adds a text in UTF-8. Gives where it begins and how long it is, in units.
    pub(crate) fn add(&mut self, text: &[u8]) -> Option<[u32; 2]> {
        let length = match text.is_ascii() {
            true => text.len(),
            false => core::str::from_utf8(text).ok()?.encode_utf16().count(),
        };
        if length == 0 {
            return Some([0, 0]);
        }
        let begins_window = self.units == self.window * WINDOW;
        if !begins_window && self.units + length > (self.window + 1) * WINDOW {
            self.begin(self.units.div_ceil(WINDOW))?;
            self.units = self.window * WINDOW;
        }
        let end = self.bytes + text.len();
        self.text.get_mut(self.bytes..end)?.copy_from_slice(text);
        self.bytes = end;
        let start = self.units;
        self.units += length;
        Some([u32::try_from(start).ok()?, u32::try_from(length).ok()?])
    }

    /// All windows up to this one begin here: those between are in the midst of a long text.
    fn begin(&mut self, window: usize) -> Option<()> {
        let begun = self.windows.get_mut(self.window + 1..=window)?;
        begun.fill(u32::try_from(self.bytes).ok()?);
        self.window = window;
        Some(())
    }

    /// There are no more.
    pub(crate) fn end(mut self) -> Option<()> {
        self.begin(self.window + 1)
    }
}
