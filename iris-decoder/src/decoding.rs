//! Reads a message and fills the blocks.

use crate::input::Input;
use crate::layout::{Field, Kind, Layout};
use crate::texts::Texts;
use crate::words::Words;

/// How many messages may be inside of each other, as for servers.
pub const DEEPEST: u32 = 100;

/// Where a message is laid out. What it holds before does not matter.
#[derive(Debug)]
pub struct Room<'a> {
    /// Blocks, from the third word on.
    pub words: &'a mut [u32],
    /// For each window of texts where it begins in `text`; at last where the last one ends. There are at most two for each
    /// [`WINDOW`](crate::WINDOW) bytes of the message.
    pub windows: &'a mut [u32],
    /// All texts, in UTF-8. As many bytes as the message has are enough.
    pub text: &'a mut [u8],
}

/// Why a message is not laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is wrong, or has what is not laid out: a group, a message that comes in several pieces, more than [`DEEPEST`]
    /// messages inside of each other.
    Message,
    /// There are too few words: it has many blocks, of which few fields are there.
    Words,
}

/// Lays out a message whose layout begins at the word `root` of `layouts`. Gives where its block is.
///
/// # Errors
///
/// Where it is not laid out.
pub fn decode(
    layouts: &[u32],
    root: usize,
    message: &[u8],
    room: &mut Room<'_>,
) -> Result<usize, Refusal> {
    let mut decoding = Decoding {
        layouts,
        words: Words::new(room.words),
        texts: Texts::new(room.text, room.windows),
    };
    let block = decoding.message(root, Input::new(message), DEEPEST);
    let is_full = decoding.words.is_full();
    let block = block.filter(|_| decoding.texts.end().is_some());
    block.ok_or(match is_full {
        true => Refusal::Words,
        false => Refusal::Message,
    })
}

struct Decoding<'a> {
    layouts: &'a [u32],
    words: Words<'a>,
    texts: Texts<'a>,
}

impl Decoding<'_> {
    /// A message; `levels` more may be inside of it.
    fn message(&mut self, layout: usize, mut input: Input<'_>, levels: u32) -> Option<usize> {
        let layout = Layout::at(self.layouts, layout)?;
        let block = self.words.block(layout.size)?;
        let mut next = 0;
        while !input.is_empty() {
            let (number, wire) = input.tag()?;
            match layout.field(number, &mut next) {
                Some(field) => self.field(field, wire, block, &mut input, levels)?,
                // What is not known may be a message: it has a level, as prost has it.
                None if levels == 0 => return None,
                None => input.skip(wire)?,
            }
        }
        Some(block)
    }

    fn field(
        &mut self,
        field: Field,
        wire: u32,
        block: usize,
        input: &mut Input<'_>,
        levels: u32,
    ) -> Option<()> {
        let (kind, is_repeated) = Kind::of(field.kind)?;
        let place = block + field.place;
        if is_repeated && wire == 2 && kind.wire() != 2 {
            return self.packed(kind, place, input.part()?);
        }
        if wire != kind.wire() {
            return None;
        }
        if kind == Kind::Message {
            return self.nested(field, block, is_repeated, input.part()?, levels);
        }
        if is_repeated {
            let cell = self.words.block(4)?;
            self.words.set(cell + 1, 1)?;
            self.value(kind, cell + 2, input)?;
            return self.words.append(place, cell);
        }
        self.mark(field, block)?;
        self.value(kind, place, input)
    }

    /// Notes that a field is there.
    fn mark(&mut self, field: Field, block: usize) -> Option<()> {
        match field.presence {
            0 => Some(()),
            presence => self.words.set(block + presence, field.mark),
        }
    }

    #[inline(always)]
    fn value(&mut self, kind: Kind, place: usize, input: &mut Input<'_>) -> Option<()> {
        match kind {
            Kind::Varint32 | Kind::ZigZag32 | Kind::Fixed32 | Kind::Bool => {
                self.words.set(place, narrow(kind, input)?)
            }
            Kind::Varint64 | Kind::ZigZag64 | Kind::Fixed64 => {
                self.words.set_both(place, halves(wide(kind, input)?))
            }
            Kind::Text => {
                let part = input.part()?;
                let text = self.texts.add(part.at(), part.bytes()?)?;
                self.words.set_both(place, text)
            }
            Kind::Bytes => {
                let part = input.part()?;
                let start = u32::try_from(part.at()).ok()?;
                let length = u32::try_from(part.bytes()?.len()).ok()?;
                self.words.set_both(place, [start, length])
            }
            Kind::Message | Kind::Refused => None,
        }
    }

    /// Numbers behind one length: a cell with all of them.
    fn packed(&mut self, kind: Kind, place: usize, mut input: Input<'_>) -> Option<()> {
        let cell = self.words.block(2)?;
        let mut count = 0;
        while !input.is_empty() {
            if matches!(kind, Kind::Varint64 | Kind::ZigZag64 | Kind::Fixed64) {
                let [low, high] = halves(wide(kind, &mut input)?);
                self.words.push(low)?;
                self.words.push(high)?;
            } else {
                self.words.push(narrow(kind, &mut input)?)?;
            }
            count += 1;
        }
        self.words.align();
        self.words.set(cell + 1, count)?;
        self.words.append(place, cell)
    }

    fn nested(
        &mut self,
        field: Field,
        block: usize,
        is_repeated: bool,
        input: Input<'_>,
        levels: u32,
    ) -> Option<()> {
        let place = block + field.place;
        let inner = self.message(field.layout, input, levels.checked_sub(1)?)?;
        if is_repeated {
            return self.words.append(place, inner);
        }
        // A second piece would have to be put into the first.
        let is_there = match field.presence {
            0 => self.words.get(place)? != 0,
            presence => self.words.get(block + presence)? == field.mark,
        };
        if is_there {
            return None;
        }
        self.mark(field, block)?;
        self.words.set(place, u32::try_from(inner).ok()?)
    }
}

/// A number that takes a word.
#[inline(always)]
fn narrow(kind: Kind, input: &mut Input<'_>) -> Option<u32> {
    Some(match kind {
        Kind::Fixed32 => u32::from_le_bytes(input.fixed()?),
        // Of a varint the lower half counts, as everywhere.
        Kind::ZigZag32 => {
            let value = input.varint()? as u32;
            (value >> 1) ^ (value & 1).wrapping_neg()
        }
        Kind::Bool => u32::from(input.varint()? != 0),
        _ => input.varint()? as u32,
    })
}

/// A number that takes two.
#[inline(always)]
fn wide(kind: Kind, input: &mut Input<'_>) -> Option<u64> {
    Some(match kind {
        Kind::Fixed64 => u64::from_le_bytes(input.fixed()?),
        Kind::ZigZag64 => {
            let value = input.varint()?;
            (value >> 1) ^ (value & 1).wrapping_neg()
        }
        _ => input.varint()?,
    })
}

fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}
