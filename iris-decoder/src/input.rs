//! Bytes of a message, read one after the other.

/// What is left of a message, and of the whole of which it is a part.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    whole: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Input<'a> {
    pub(crate) fn new(whole: &'a [u8]) -> Self {
        Input {
            whole,
            at: 0,
            end: whole.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// Where the next byte is in the whole.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    #[inline(always)]
    fn byte(&mut self) -> Option<u8> {
        if self.at >= self.end {
            return None;
        }
        let byte = *self.whole.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A varint of at most 64 bits.
    #[inline(always)]
    pub(crate) fn varint(&mut self) -> Option<u64> {
        let byte = self.byte()?;
        if byte < 128 {
            return Some(byte.into());
        }
        self.long_varint(byte)
    }

    fn long_varint(&mut self, first: u8) -> Option<u64> {
        let mut value = u64::from(first & 127);
        let mut shift = 7;
        loop {
            let byte = self.byte()?;
            // The tenth byte has a single bit left to give.
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
            shift += 7;
        }
    }

    /// A field's number and wire type.
    pub(crate) fn tag(&mut self) -> Option<(u32, u32)> {
        let tag = u32::try_from(self.varint()?).ok()?;
        (tag >= 8).then_some((tag >> 3, tag & 7))
    }

    pub(crate) fn fixed<const BYTES: usize>(&mut self) -> Option<[u8; BYTES]> {
        let next = self
            .at
            .checked_add(BYTES)
            .filter(|next| *next <= self.end)?;
        let bytes = self.whole.get(self.at..next)?.first_chunk()?;
        self.at = next;
        Some(*bytes)
    }

    /// What is behind a length.
    pub(crate) fn part(&mut self) -> Option<Input<'a>> {
        let length = usize::try_from(self.varint()?).ok()?;
        let end = self.at.checked_add(length).filter(|end| *end <= self.end)?;
        let at = core::mem::replace(&mut self.at, end);
        Some(Input {
            whole: self.whole,
            at,
            end,
        })
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        self.whole.get(self.at..self.end)
    }

    /// Passes over a field that is not known. Groups are not followed.
    pub(crate) fn skip(&mut self, wire: u32) -> Option<()> {
        match wire {
            0 => self.varint().map(drop),
            1 => self.fixed::<8>().map(drop),
            2 => self.part().map(drop),
            5 => self.fixed::<4>().map(drop),
            _ => None,
        }
    }
}
