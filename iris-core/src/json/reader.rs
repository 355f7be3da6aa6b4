//! Reading a message's fields.

use super::name::Name;
use super::{Failure, Fields, Kind, MapKey, Members, Oneof, Reading, Result, Token};
use std::collections::{HashMap, HashSet};

/// One field on its way in: a name, and the value behind it.
///
/// Each method takes the field's number, by which a field that comes twice is found out whatever
/// name it has, and gives `true`: the field is known. `null` leaves the field unset, except where
/// it is a value of its own (`google.protobuf.Value`, `NullValue`). The name of an enum value that
/// is not known leaves a field unset too; an element or entry that it stands for is dropped.
#[expect(missing_debug_implementations, reason = "it holds a trait object")]
pub struct FieldReader<'r> {
    name: &'r str,
    seen: &'r mut Seen,
    members: &'r mut dyn Members,
    reading: Reading,
}

impl FieldReader<'_> {
    /// The name as it stands in JSON.
    pub fn name(&self) -> &str {
        self.name
    }

    /// A field with implicit presence, or a required one of proto2.
    ///
    /// # Errors
    ///
    /// A value that the field does not take, and a field that comes twice. So for each method here.
    pub fn singular<K: Kind>(&mut self, number: u32, into: &mut K::Value) -> Result<bool> {
        let reading = self.reading;
        self.take(number, &mut |token| {
            if let Some(value) = read_present::<K>(token, reading)? {
                *into = value;
            }
            Ok(())
        })
    }

    /// A field with explicit presence.
    pub fn optional<K: Kind>(&mut self, number: u32, into: &mut Option<K::Value>) -> Result<bool> {
        let reading = self.reading;
        self.take(number, &mut |token| {
            if let Some(value) = read_present::<K>(token, reading)? {
                *into = Some(value);
            }
            Ok(())
        })
    }

    /// A repeated field.
    pub fn repeated<K: Kind>(&mut self, number: u32, into: &mut Vec<K::Value>) -> Result<bool> {
        let reading = self.reading;
        self.take(number, &mut |token| {
            read_list(token, &mut |token| {
                into.extend(K::read_if_known(token, reading)?);
                Ok(())
            })
        })
    }

    /// A map.
    pub fn map<M: MapKey, K: Kind>(
        &mut self,
        number: u32,
        into: &mut HashMap<M, K::Value>,
    ) -> Result<bool> {
        let mut passed_over = HashSet::new();
        let reading = self.reading;
        self.take(number, &mut |token| {
            read_entries(token, &mut |name, token| {
                let key = M::from_name(name)?;
                if into.contains_key(&key) || passed_over.contains(&key) {
                    return Err(key_given_twice());
                }
                match K::read_if_known(token, reading.enter()?)? {
                    Some(value) => into.insert(key, value).is_none(),
                    None => passed_over.insert(key),
                };
                Ok(())
            })
        })
    }

    /// A member of a oneof; `wrap` is its variant.
    pub fn member<K: Kind, O>(
        &mut self,
        number: u32,
        into: &mut Option<O>,
        wrap: fn(K::Value) -> O,
    ) -> Result<bool> {
        let reading = self.reading;
        self.take(number, &mut |token| {
            let Some(value) = read_present::<K>(token, reading)? else {
                return Ok(());
            };
            if into.is_some() {
                return Err(Failure::new(
                    "another field of the same oneof is already given",
                ));
            }
            *into = Some(wrap(value));
            Ok(())
        })
    }

    /// Tries the members of a oneof: `false` where none has this name.
    pub fn oneof<O: Oneof>(&mut self, into: &mut Option<O>) -> Result<bool> {
        O::read(into, self)
    }

    fn take(&mut self, number: u32, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result<bool> {
        if !self.seen.insert(number) {
            return Err(Failure::new("the field is given twice"));
        }
        self.members.value(take)?;
        Ok(true)
    }
}

/// Reads a value; `None` where it leaves the field as it is.
fn read_present<K: Kind>(token: Token<'_>, reading: Reading) -> Result<Option<K::Value>> {
    match token {
        Token::Null if !K::TAKES_NULL => Ok(None),
        token => K::read_if_known(token, reading),
    }
}

/// Reads an object into a message.
pub(crate) fn read_message(into: &mut dyn Fields, token: Token<'_>, reading: Reading) -> Result {
    let reading = reading.enter()?;
    let Token::Object(members) = token else {
        return Err(token.mismatch("an object"));
    };
    let mut seen = Seen::default();
    let mut name = Name::new();
    while members.next_name(&mut name)? {
        let mut field = FieldReader {
            name: &name,
            seen: &mut seen,
            members: &mut *members,
            reading,
        };
        if !into
            .read(&mut field)
            .map_err(|failure| failure.in_field(&name))?
        {
            reading.unknown(&name, members)?;
        }
    }
    Ok(())
}

/// Reads an array, element by element; `null` is an empty one.
pub(crate) fn read_list(token: Token<'_>, each: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
    let items = match token {
        Token::Null => return Ok(()),
        Token::List(items) => items,
        other => return Err(other.mismatch("an array")),
    };
    let mut index = 0;
    while items
        .next(each)
        .map_err(|failure| failure.in_element(index))?
    {
        index += 1;
    }
    Ok(())
}

/// Reads an object whose names are data; `null` is an empty one.
pub(crate) fn read_entries(
    token: Token<'_>,
    each: &mut dyn FnMut(&str, Token<'_>) -> Result,
) -> Result {
    let members = match token {
        Token::Null => return Ok(()),
        Token::Object(members) => members,
        other => return Err(other.mismatch("an object")),
    };
    let mut name = Name::new();
    while members.next_name(&mut name)? {
        members
            .value(&mut |token| each(&name, token))
            .map_err(|failure| failure.in_entry(&name))?;
    }
    Ok(())
}

pub(crate) fn key_given_twice() -> Failure {
    Failure::new("the key is given twice")
}

/// The numbers of the fields that came already.
#[derive(Default)]
struct Seen {
    below_64: u64,
    others: Vec<u32>,
}

impl Seen {
    /// Whether the number is new.
    fn insert(&mut self, number: u32) -> bool {
        if number < 64 {
            let bit = 1 << number;
            let new = self.below_64 & bit == 0;
            self.below_64 |= bit;
            return new;
        }
        let new = !self.others.contains(&number);
        if new {
            self.others.push(number);
        }
        new
    }
}
