//! Encoded messages on their way out. What was large in them is handed on as it is, and not copied.

use bytes::{Buf, Bytes, BytesMut};
use std::vec;

/// What has at least so many bytes is handed on. What is shorter is copied: each that is handed on is a piece of its own to
/// whoever sends it.
pub(crate) const LARGE: usize = 16 * 1024;

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

/// A place in pieces: behind what was there when it was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
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

    /// Pieces that follow what is in a buffer.
    pub(crate) fn contiguous_in(buffer: BytesMut) -> Self {
        Pieces {
            written: buffer,
            ..Pieces::contiguous()
        }
    }

    /// What is written to next. What is in it may be changed, and not be taken away.
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.written
    }

    /// Puts bytes behind what is there. Long ones (16 KiB and more) are kept as they are, which keeps all memory that they are
    /// a part of; shorter ones are copied.
    pub fn hand_over(&mut self, bytes: Bytes) {
        match self.parts() {
            (written, Some(handed)) if bytes.len() >= LARGE => handed.push(written.len(), bytes),
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
        self.written.len() + self.handed.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place behind all that is there.
    pub(crate) fn end(&self) -> Place {
        Place {
            written: self.written.len(),
            handed: self.handed.pieces.len(),
        }
    }

    /// What was written from a place on. What was handed over is not in it.
    pub(crate) fn written_from(&mut self, place: Place) -> &mut [u8] {
        &mut self.written[place.written..]
    }

    /// Takes away all from a place on.
    pub(crate) fn truncate(&mut self, place: Place) {
        self.written.truncate(place.written);
        let gone = self.handed.pieces.drain(place.handed..);
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

    /// Takes away what is before a place.
    pub(crate) fn split_to(&mut self, place: Place) -> Chunks {
        let mut chunks = Vec::new();
        let mut gone = 0;
        for (before, bytes) in self.handed.pieces.drain(..place.handed) {
            self.handed.length -= bytes.len();
            if before > gone {
                chunks.push(self.written.split_to(before - gone).freeze());
                gone = before;
            }
            chunks.push(bytes);
        }
        for (before, _) in &mut self.handed.pieces {
            *before -= place.written;
        }
        let last = self.written.split_to(place.written - gone).freeze();
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
    /// Takes bytes that are to be sent behind so many that were written.
    pub(crate) fn push(&mut self, before: usize, bytes: Bytes) {
        self.length += bytes.len();
        self.pieces.push((before, bytes));
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
        self.len() == 0
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
            let mut places = vec![(pieces.end(), 0)];
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
                        places.truncate(places.len().saturating_sub(back).max(1));
                        let (place, length) = places[places.len() - 1];
                        pieces.truncate(place);
                        expected.truncate(length);
                    }
                    Step::Send(back) => {
                        let (place, length) = places[places.len().saturating_sub(back + 1)];
                        let chunks = pieces.split_to(place);
                        prop_assert_eq!(chunks.len(), length);
                        all.extend(expected.drain(..length));
                        sent.extend(chunks.flatten());
                        places = vec![(Place::default(), 0)];
                    }
                }
                prop_assert_eq!(pieces.len(), expected.len());
                places.push((pieces.end(), expected.len()));
            }
            all.extend(expected);
            let rest = pieces.freeze();
            prop_assert!(!copies || rest.single().is_some());
            sent.extend(rest.concat());
            prop_assert!(sent == all);
        }
    }
}
