//! How WebAssembly lays the messages of a package out (iris-decoder), and how JavaScript makes objects of that: both
//! halves of it are printed from one walk through a message's fields, so that they agree.

use super::literal::{listing, property, string};
use super::model::{Field, Kind, Member, Message, Type};
use iris_decoder::{Kind as Laid, REPEATED};
use std::collections::BTreeSet;

/// What is printed of a message.
pub(super) struct Layout {
    /// `(tape, at) => ({ .. })`
    pub(super) make: String,
    /// `[size, [number, kind, place, message, presence, mark], ..]`, without the zeros at an end.
    pub(super) fields: String,
}

/// How a value is laid out.
struct Value {
    kind: u32,
    /// The words that it takes.
    size: usize,
    /// The layout of its message, where it is one.
    inner: Option<String>,
}

/// A field, once it has its place.
struct Entry {
    number: i32,
    kind: u32,
    place: usize,
    inner: Option<String>,
    /// The place of the word that says that it is there, and what that word is then.
    presence: Option<(usize, usize)>,
}

impl Layout {
    pub(super) fn of(message: &Message) -> Layout {
        let mut block = Block::new();
        let mut properties = Vec::new();
        for member in &message.members {
            let (name, value) = match member {
                Member::Field(field) => (&field.name, block.field(field)),
                Member::Oneof { name, cases, .. } => (name, block.oneof(cases)),
            };
            properties.push(format!("{}: {value}", property(name)));
        }
        Layout {
            make: match properties.is_empty() {
                true => "() => ({})".to_owned(),
                false => format!(
                    "(tape, at) => ({{\n            {},\n        }})",
                    properties.join(",\n            ")
                ),
            },
            fields: block.print(),
        }
    }
}

/// The names of messages in which there may be lists of messages. Others are read as fast by JavaScript, or faster: what they
/// have is little, or a long text, bytes or numbers.
pub(super) fn long(messages: &[Message]) -> BTreeSet<&str> {
    let mut long = BTreeSet::new();
    loop {
        let before = long.len();
        for message in messages {
            if fields(message).any(|field| is_long(field, &long)) {
                long.insert(message.name.as_str());
            }
        }
        if long.len() == before {
            return long;
        }
    }
}

fn fields(message: &Message) -> impl Iterator<Item = &Field> {
    message.members.iter().flat_map(|member| match member {
        Member::Field(field) => std::slice::from_ref(field),
        Member::Oneof { cases, .. } => cases.as_slice(),
    })
}

fn is_long(field: &Field, long: &BTreeSet<&str>) -> bool {
    match (&field.kind, &field.ty) {
        (Kind::Map(..), _) | (Kind::Repeated, Type::Message(_)) => true,
        (_, Type::Message(name)) => long.contains(name.as_str()),
        _ => false,
    }
}

/// The words of a message, and what has been put there.
struct Block {
    size: usize,
    entries: Vec<Entry>,
}

impl Block {
    /// The first word leads to the next in a list.
    fn new() -> Self {
        Block {
            size: 1,
            entries: Vec::new(),
        }
    }

    /// The next free place; an even one for 64 bits.
    fn take(&mut self, words: usize, is_wide: bool) -> usize {
        if is_wide {
            self.size = self.size.next_multiple_of(2);
        }
        let place = self.size;
        self.size += words;
        place
    }

    /// Gives a field its place; gives the expression that reads it.
    fn field(&mut self, field: &Field) -> String {
        match &field.kind {
            Kind::Implicit => {
                let place = self.single(field, None);
                read(field, place)
            }
            Kind::Optional => match &field.ty {
                // Without its block it is not there.
                Type::Message(_) => {
                    let place = self.single(field, None);
                    read(field, place)
                }
                Type::Group(_) => {
                    self.refused(field);
                    "undefined".to_owned()
                }
                _ => self.present(field, "undefined"),
            },
            Kind::Required(default) => match (&field.ty, default) {
                (Type::Message(name), _) => {
                    let place = self.single(field, None);
                    format!("{} ?? begun({})", read(field, place), listing(name))
                }
                (Type::Group(name), _) => {
                    self.refused(field);
                    format!("begun({})", listing(name))
                }
                (_, Some(default)) => self.present(field, default),
                (_, None) => {
                    let place = self.single(field, None);
                    read(field, place)
                }
            },
            Kind::Repeated | Kind::Packed => self.repeated(field),
            Kind::Map(key, default) => self.map(field, key, default.as_deref()),
        }
    }

    /// A field that is there at most once.
    fn single(&mut self, field: &Field, presence: Option<(usize, usize)>) -> usize {
        let value = value(&field.ty);
        let place = self.take(value.size, is_wide(&field.ty));
        self.entry(field.number, value.kind, place, value.inner, presence);
        place
    }

    /// The same, and what it is where it is not there.
    fn present(&mut self, field: &Field, absent: &str) -> String {
        let presence = self.take(1, false);
        let place = self.single(field, Some((presence, 1)));
        format!(
            "tape.has({}) ? {} : {absent}",
            at(presence),
            read(field, place)
        )
    }

    fn refused(&mut self, field: &Field) {
        self.entry(field.number, Laid::Refused as u32, 0, None, None);
    }

    fn repeated(&mut self, field: &Field) -> String {
        let value = value(&field.ty);
        let place = self.take(2, false);
        let text = match &field.ty {
            Type::Group(_) => {
                self.refused(field);
                return "[]".to_owned();
            }
            Type::Message(name) => format!("tape.messages({}, {})", at(place), listing(name)),
            ty if value.size == 1 => format!("tape.list({}, {})", at(place), string(method(ty))),
            ty => format!("tape.list({}, {}, 2)", at(place), string(method(ty))),
        };
        self.entry(
            field.number,
            value.kind + REPEATED,
            place,
            value.inner,
            None,
        );
        text
    }

    /// Entries are messages of a key and a value.
    fn map(&mut self, field: &Field, key: &'static str, default: Option<&str>) -> String {
        let mut entry = Block::new();
        let key = Field {
            number: 1,
            name: "key".to_owned(),
            docs: String::new(),
            deprecated: false,
            kind: Kind::Implicit,
            ty: Type::Scalar(key),
        };
        let value = Field {
            number: 2,
            name: "value".to_owned(),
            docs: String::new(),
            deprecated: false,
            kind: Kind::Required(default.map(str::to_owned)),
            ty: field.ty.clone(),
        };
        let (key, value) = (entry.field(&key), entry.field(&value));
        let place = self.take(2, false);
        let kind = Laid::Message as u32 + REPEATED;
        self.entry(field.number, kind, place, Some(entry.print()), None);
        // What reads an entry calls its place as what reads a message does.
        format!("tape.map({}, (at) => {key}, (at) => {value})", at(place))
    }

    /// Fields of which one is there: a word that says which, and words for it.
    fn oneof(&mut self, cases: &[Field]) -> String {
        let presence = self.take(1, false);
        let place = self.take(2, true);
        let mut text = String::new();
        for (case, mark) in cases.iter().zip(1..) {
            if let Type::Group(_) = case.ty {
                self.refused(case);
                continue;
            }
            let value = value(&case.ty);
            self.entry(
                case.number,
                value.kind,
                place,
                value.inner,
                Some((presence, mark)),
            );
            let mark = match mark {
                1 => String::new(),
                mark => format!(", {mark}"),
            };
            text.push_str(&format!(
                "tape.has({}{mark}) ? {{ case: {}, value: {} }} : ",
                at(presence),
                string(&case.name),
                read(case, place)
            ));
        }
        text + "undefined"
    }

    fn entry(
        &mut self,
        number: i32,
        kind: u32,
        place: usize,
        inner: Option<String>,
        presence: Option<(usize, usize)>,
    ) {
        self.entries.push(Entry {
            number,
            kind,
            place,
            inner,
            presence,
        });
    }

    /// In the order of the numbers, by which they are found.
    fn print(mut self) -> String {
        self.entries.sort_by_key(|entry| entry.number);
        let mut text = format!("[{}", self.size.next_multiple_of(2));
        for entry in &self.entries {
            text.push_str(&format!(
                ", [{}, {}, {}",
                entry.number, entry.kind, entry.place
            ));
            match (&entry.inner, entry.presence) {
                (None, None) => {}
                (Some(inner), None) => text.push_str(&format!(", {inner}")),
                (inner, Some((presence, mark))) => {
                    let inner = inner.as_deref().unwrap_or("0");
                    text.push_str(&format!(", {inner}, {presence}"));
                    if mark != 1 {
                        text.push_str(&format!(", {mark}"));
                    }
                }
            }
            text.push(']');
        }
        text + "]"
    }
}

/// The expression that reads a value at its place.
fn read(field: &Field, place: usize) -> String {
    match &field.ty {
        Type::Message(name) | Type::Group(name) => {
            format!("tape.message({}, {})", at(place), listing(name))
        }
        ty => format!("tape.{}({})", method(ty), at(place)),
    }
}

fn at(place: usize) -> String {
    format!("at + {place}")
}

/// The method of `Tape` that reads it.
fn method(ty: &Type) -> &'static str {
    match ty {
        Type::Scalar("sint32" | "sfixed32") | Type::Enum(_) => "int32",
        Type::Scalar("fixed32") => "uint32",
        Type::Scalar("sint64" | "sfixed64") => "int64",
        Type::Scalar("fixed64") => "uint64",
        Type::Scalar(name) => name,
        Type::Message(_) | Type::Group(_) => "message",
    }
}

/// Halves of 64 bits are read together, from an even place on.
fn is_wide(ty: &Type) -> bool {
    matches!(method(ty), "int64" | "uint64" | "double")
}

fn value(ty: &Type) -> Value {
    let (kind, size) = match ty {
        Type::Enum(_) => (Laid::Varint32, 1),
        Type::Message(_) => (Laid::Message, 1),
        Type::Group(_) => (Laid::Refused, 1),
        Type::Scalar(name) => match *name {
            "int32" | "uint32" => (Laid::Varint32, 1),
            "sint32" => (Laid::ZigZag32, 1),
            "fixed32" | "sfixed32" | "float" => (Laid::Fixed32, 1),
            "bool" => (Laid::Bool, 1),
            "int64" | "uint64" => (Laid::Varint64, 2),
            "sint64" => (Laid::ZigZag64, 2),
            "fixed64" | "sfixed64" | "double" => (Laid::Fixed64, 2),
            "string" => (Laid::Text, 2),
            _ => (Laid::Bytes, 2),
        },
    };
    Value {
        kind: kind as u32,
        size,
        inner: match ty {
            Type::Message(name) => Some(listing(name)),
            _ => None,
        },
    }
}
