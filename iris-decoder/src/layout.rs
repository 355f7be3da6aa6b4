//! What is told of messages: where each of their fields belongs.
//!
//! A layout is a run of words: how many words a block has, how many fields there are, and for each of them, in the order of
//! their numbers, [`ENTRY`] words: its number, its kind, its place in the block, where the layout of its message begins, the
//! place of the word that says that it is there (0 for none), and what that word is then.

/// How many words of a layout tell of a field.
pub const ENTRY: usize = 6;

/// Added to a [`Kind`] where there may be many values. In the place of the field stand the first and the last cell of a list.
pub const REPEATED: u32 = 16;

/// What a field can be, and how many words its value takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// `int32`, `uint32`, an enum: a word.
    Varint32 = 1,
    /// `sint32`: a word.
    ZigZag32 = 2,
    /// `fixed32`, `sfixed32`, `float`: a word.
    Fixed32 = 3,
    /// `bool`: a word, 0 or 1.
    Bool = 4,
    /// `int64`, `uint64`: two words, the lower half first, from an even place on.
    Varint64 = 5,
    /// `sint64`: the same.
    ZigZag64 = 6,
    /// `fixed64`, `sfixed64`, `double`: the same.
    Fixed64 = 7,
    /// `string`: two words, where it begins and how long it is, in units of UTF-16 (see `texts`).
    Text = 8,
    /// `bytes`: two words, where they begin in the message and how many there are.
    Bytes = 9,
    /// A message: a word, where its block begins.
    Message = 10,
    /// A field with which the message is not laid out at all.
    Refused = 11,
}

impl Kind {
    /// The kind and whether it is [`REPEATED`].
    pub(crate) fn of(word: u32) -> Option<(Kind, bool)> {
        let kind = match word % REPEATED {
            1 => Kind::Varint32,
            2 => Kind::ZigZag32,
            3 => Kind::Fixed32,
            4 => Kind::Bool,
            5 => Kind::Varint64,
            6 => Kind::ZigZag64,
            7 => Kind::Fixed64,
            8 => Kind::Text,
            9 => Kind::Bytes,
            10 => Kind::Message,
            _ => return None,
        };
        Some((kind, word >= REPEATED))
    }

    /// How a single value of it stands in a message.
    pub(crate) fn wire(self) -> u32 {
        match self {
            Kind::Varint32 | Kind::ZigZag32 | Kind::Bool | Kind::Varint64 | Kind::ZigZag64 => 0,
            Kind::Fixed64 => 1,
            Kind::Text | Kind::Bytes | Kind::Message | Kind::Refused => 2,
            Kind::Fixed32 => 5,
        }
    }
}

/// A field, as a layout tells of it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) kind: u32,
    pub(crate) place: usize,
    pub(crate) layout: usize,
    pub(crate) presence: usize,
    pub(crate) mark: u32,
}

/// The layout of a message.
#[derive(Clone, Copy)]
pub(crate) struct Layout<'a> {
    pub(crate) size: usize,
    fields: &'a [[u32; ENTRY]],
}

impl<'a> Layout<'a> {
    /// The layout that begins there.
    pub(crate) fn at(layouts: &'a [u32], at: usize) -> Option<Layout<'a>> {
        let (&[size, count], rest) = layouts.get(at..)?.split_first_chunk()?;
        let (fields, _) = rest.as_chunks();
        Some(Layout {
            size: size as usize,
            fields: fields.get(..count as usize)?,
        })
    }

    /// The field of this number. `next` is where it is looked for first: most often fields come in their order.
    pub(crate) fn field(&self, number: u32, next: &mut usize) -> Option<Field> {
        let guess = self.fields.get(*next).filter(|entry| entry[0] == number);
        let entry = match guess {
            Some(entry) => entry,
            None => {
                let found = self.fields.binary_search_by_key(&number, |entry| entry[0]);
                *next = found.ok()?;
                self.fields.get(*next)?
            }
        };
        let &[_, kind, place, layout, presence, mark] = entry;
        // Behind an element of a list there may be another.
        if kind < REPEATED {
            *next += 1;
        }
        Some(Field {
            kind,
            place: place as usize,
            layout: layout as usize,
            presence: presence as usize,
            mark,
        })
    }
}
