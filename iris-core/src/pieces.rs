//! Encoded messages on their way out. What was large in them is handed on as it is, and not copied.

use bytes::{Buf, Bytes, BytesMut};
use std::vec;

/// What has at least so many bytes is handed on. What is shorter is copied: each that is handed on is a piece of its own to
/// whoever sends it.
pub(crate) const LARGE: usize = 32 * 1024;

/// So much of its beginning is copied all the same, in bytes. What is before it would be a frame of a few bytes otherwise, of which
/// HTTP/2's peers take no more than some (h2 counts those below 256).
pub(crate) const HEAD: usize = 512;

/// What messages are encoded into.
///
/// Most of it is written one after another into one [`buffer`](Pieces::buffer). Bytes that a message holds already may be
/// [handed over](Pieces::hand_over) instead, to be sent at that place.
///
/// ```
/// use bytes::{BufMut, Bytes};
/// use iris_core::Pieces;
///
/// let image = Bytes::from(vec![7; 1024 * 1024]);
/// let mut pieces = Pieces::new();
/// pieces.buffer().put_slice(b"before");
/// pieces.hand_over(image.clone());
/// pieces.buffer().put_slice(b"after");
/// assert_eq!(pieces.len(), image.len() + 11);
/// ```
#[derive(Debug, Default)]
pub struct Pieces {
    /// All that was written, one after another.
    written: BytesMut,
    handed: Handed,
    copies: bool,
}

/// What was handed over.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    /// Each with the number of written bytes before it.
    pieces: Vec<(usize, Bytes)>,
    /// How many bytes these are.
    length: usize,
}

/// Where something begins in pieces: behind all that was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) written: usize,
    handed: usize,
}

/// Pieces that are complete, one after another.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Chunks {
    /// Most have no other. Empty where it is gone.
    first: Bytes,
    rest: vec::IntoIter<Bytes>,
}

impl Pieces {
    /// Nothing yet.
    pub fn new() -> Self {
        Pieces::default()
    }

    /// The same, but all that is handed over is copied: for what looks at a message as a whole before it is sent.
    pub fn contiguous() -> Self {
        Pieces {
            copies: true,
            ..Pieces::default()
        }
    }

    /// What is written to next. What is in it may be changed, and not be taken away.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.written
    }

    /// Puts bytes behind what is there. Long ones (32 KiB and more) are kept as they are, but for their first 512, which keeps all
    /// memory that they are a part of; shorter ones are copied.
    pub fn hand_over(&mut self, bytes: Bytes) {
        match self.parts() {
            (written, Some(handed)) if bytes.len() >= LARGE => {
                handed.take(written, bytes);
            }
            (written, _) => written.extend_from_slice(&bytes),
        }
    }

    /// Where to write, and where long bytes are handed over, unless all is copied.
    pub(crate) fn parts(&mut self) -> (&mut BytesMut, Option<&mut Handed>) {
        let handed = (!self.copies).then_some(&mut self.handed);
        (&mut self.written, handed)
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.written.len().saturating_add(self.handed.length)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where what comes next begins.
    pub(crate) fn end(&self) -> Mark {
        Mark {
            written: self.written.len(),
            handed: self.handed.pieces.len(),
        }
    }

    /// What was written from there on. What was handed over is not in it.
    pub(crate) fn written_from(&mut self, mark: Mark) -> &mut [u8] {
        &mut self.written[mark.written..]
    }

    /// Takes away all from there on.
    pub(crate) fn truncate(&mut self, mark: Mark) {
        self.written.truncate(mark.written);
        let gone = self.handed.pieces.drain(mark.handed..);
        self.handed.length -= gone.map(|(_, bytes)| bytes.len()).sum::<usize>();
    }

    /// Takes away so many bytes that were written first.
    #[doc(hidden)]
    pub fn advance(&mut self, count: usize) {
        self.written.advance(count);
        for (before, _) in &mut self.handed.pieces {
            *before -= count;
        }
    }

    /// All of it.
    #[doc(hidden)]
    pub fn freeze(mut self) -> Chunks {
        match self.handed.pieces.is_empty() {
            true => self.written.freeze().into(),
            false => self.split_to(self.end()),
        }
    }

    /// Takes all of it away.
    #[doc(hidden)]
    pub fn split(&mut self) -> Chunks {
        self.split_to(self.end())
    }

    /// Takes away all that is before it.
    pub(crate) fn split_to(&mut self, mark: Mark) -> Chunks {
        let mut chunks = Vec::new();
        let mut gone = 0;
        for (before, bytes) in self.handed.pieces.drain(..mark.handed) {
            self.handed.length -= bytes.len();
            if before > gone {
                chunks.push(self.written.split_to(before - gone).freeze());
                gone = before;
            }
            chunks.push(bytes);
        }
        for (before, _) in &mut self.handed.pieces {
            *before -= mark.written;
        }
        let last = self.written.split_to(mark.written - gone).freeze();
        if chunks.is_empty() {
            return last.into();
        }
        chunks.extend((!last.is_empty()).then_some(last));
        Chunks {
            first: Bytes::new(),
            rest: chunks.into_iter(),
        }
    }
}

impl Handed {
    /// Takes bytes that are to be sent behind what was written, and how many of them were not written there.
    pub(crate) fn take(&mut self, written: &mut BytesMut, mut bytes: Bytes) -> usize {
        written.extend_from_slice(&bytes.split_to(HEAD));
        let length = bytes.len();
        // On 32 bits there may be more than can be counted: it is too long then.
        self.length = self.length.saturating_add(length);
        self.pieces.push((written.len(), bytes));
        length
    }
}

impl Chunks {
    /// The bytes, where they are one piece.
    pub fn single(&self) -> Option<&Bytes> {
        self.rest.as_slice().is_empty().then_some(&self.first)
    }

    /// All that is left, as one piece.
    pub fn concat(mut self) -> Bytes {
        if self.single().is_some() {
            return self.next().unwrap_or_default();
        }
        let mut all = BytesMut::with_capacity(self.len());
        self.for_each(|bytes| all.extend_from_slice(&bytes));
        all.freeze()
    }

    /// How many bytes are left.
    pub fn len(&self) -> usize {
        self.first.len() + self.rest.as_slice().iter().map(Bytes::len).sum::<usize>()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.rest.as_slice().is_empty()
    }
}

impl From<Bytes> for Chunks {
    fn from(first: Bytes) -> Self {
        Chunks {
            first,
            rest: Vec::new().into_iter(),
        }
    }
}

impl Iterator for Chunks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        match self.first.is_empty() {
            true => self.rest.next(),
            false => Some(std::mem::take(&mut self.first)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Write(usize),
        HandOver(usize),
        /// Leaves out what the last steps added.
        TakeBack(usize),
        /// Sends all that was there so many steps ago.
        Send(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0usize..40).prop_map(Step::Write),
            (0usize..40).prop_map(Step::HandOver),
            (LARGE - 1..LARGE + 3).prop_map(Step::HandOver),
            (0usize..4).prop_map(Step::TakeBack),
            (0usize..4).prop_map(Step::Send),
        ];
        prop::collection::vec(step, 0..24)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 256 }))]

        /// Whatever is copied and whatever not, the bytes and their order are those of one buffer.
        #[test]
        fn what_is_handed_over_is_in_its_place(steps in steps(), copies: bool) {
            let mut pieces = if copies { Pieces::contiguous() } else { Pieces::new() };
            let (mut expected, mut sent, mut all) = (Vec::new(), Vec::new(), Vec::new());
            let mut marks = vec![(pieces.end(), 0)];
            for (number, step) in (1u8..).zip(steps) {
                let bytes = |length| vec![number; length];
                match step {
                    Step::Write(length) => {
                        pieces.buffer().extend_from_slice(&bytes(length));
                        expected.extend(bytes(length));
                    }
                    Step::HandOver(length) => {
                        pieces.hand_over(bytes(length).into());
                        expected.extend(bytes(length));
                    }
                    Step::TakeBack(back) => {
                        marks.truncate(marks.len().saturating_sub(back).max(1));
                        let (mark, length) = marks[marks.len() - 1];
                        pieces.truncate(mark);
                        expected.truncate(length);
                    }
                    Step::Send(back) => {
                        let (mark, length) = marks[marks.len().saturating_sub(back + 1)];
                        let chunks = pieces.split_to(mark);
                        prop_assert_eq!(chunks.len(), length);
                        all.extend(expected.drain(..length));
                        sent.extend(chunks.flatten());
                        marks = vec![(Mark::default(), 0)];
                    }
                }
                prop_assert_eq!(pieces.len(), expected.len());
                marks.push((pieces.end(), expected.len()));
            }
            all.extend(expected);
            let rest = pieces.freeze();
            prop_assert!(!copies || rest.single().is_some());
            sent.extend(rest.concat());
            prop_assert!(sent == all);
        }
    }
}
