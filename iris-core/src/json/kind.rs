//! How values of one protobuf type look in JSON.

use super::failure::shown;
use super::{Enumeration, Failure, Fields, Reading, Result, Shape, Token, Writing, number, reader};
use std::marker::PhantomData;

/// How values of one protobuf type look in JSON.
///
/// Kinds are names for the compiler and have no values: `i32` alone does not tell a number from an enum.
pub trait Kind {
    /// The value in Rust.
    type Value;

    /// Whether `null` is a value of this kind, rather than a field that is not set.
    const TAKES_NULL: bool = false;

    /// What the value looks like.
    fn shape<'a>(value: &'a Self::Value, writing: Writing) -> Shape<'a>;

    /// Whether a field with implicit presence leaves the value out.
    fn is_default(value: &Self::Value) -> bool;

    /// The value that stands in JSON.
    ///
    /// # Errors
    ///
    /// Another type, or a value out of range.
    fn read(token: Token<'_>, reading: Reading) -> Result<Self::Value>;

    /// The value that stands in JSON; `None` where only a newer peer knows it: the name of an enum
    /// value. It is passed over as an unknown field is.
    ///
    /// # Errors
    ///
    /// As [`Kind::read`], for any other value.
    fn read_if_known(token: Token<'_>, reading: Reading) -> Result<Option<Self::Value>> {
        Self::read(token, reading).map(Some)
    }
}

/// A message.
#[derive(Debug)]
pub struct Message<M>(PhantomData<M>);

impl<M: Fields + Default> Kind for Message<M> {
    type Value = M;

    fn shape<'a>(value: &'a M, _: Writing) -> Shape<'a> {
        Shape::Message(value)
    }

    /// Messages have explicit presence: an empty one is written.
    fn is_default(_: &M) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<M> {
        let mut message = M::default();
        reader::read_message(&mut message, token, reading)?;
        Ok(message)
    }
}

/// A value behind a [`Box`]: a message that contains itself.
#[derive(Debug)]
pub struct Boxed<K>(PhantomData<K>);

impl<K: Kind> Kind for Boxed<K> {
    type Value = Box<K::Value>;

    const TAKES_NULL: bool = K::TAKES_NULL;

    fn shape<'a>(value: &'a Box<K::Value>, writing: Writing) -> Shape<'a> {
        K::shape(value, writing)
    }

    fn is_default(value: &Box<K::Value>) -> bool {
        K::is_default(value)
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<Box<K::Value>> {
        K::read(token, reading).map(Box::new)
    }

    fn read_if_known(token: Token<'_>, reading: Reading) -> Result<Option<Box<K::Value>>> {
        Ok(K::read_if_known(token, reading)?.map(Box::new))
    }
}

/// An enum: written as its name, or as a number that has none; read from either. A name that is
/// not known here is passed over where a field holds it.
#[derive(Debug)]
pub struct Enum<E>(PhantomData<E>);

impl<E: Enumeration> Kind for Enum<E> {
    type Value = i32;

    fn shape<'a>(value: &'a i32, _: Writing) -> Shape<'a> {
        match E::NAMES.iter().find(|(_, number)| number == value) {
            Some((name, _)) => Shape::Text(name),
            None => Shape::Int32(*value),
        }
    }

    fn is_default(value: &i32) -> bool {
        *value == 0
    }

    fn read(token: Token<'_>, _: Reading) -> Result<i32> {
        let Token::Text(text) = token else {
            return number::integer(&token, "an enum value's name or number");
        };
        number_of::<E>(text).ok_or_else(|| {
            Failure::new(format!(
                "unknown enum value {:?}, expected one of {}",
                shown(text),
                some_names(E::NAMES)
            ))
        })
    }

    fn read_if_known(token: Token<'_>, reading: Reading) -> Result<Option<i32>> {
        match token {
            Token::Text(text) if !reading.is_strict() && is_identifier(text) => {
                Ok(number_of::<E>(text))
            }
            token => Self::read(token, reading).map(Some),
        }
    }
}

fn number_of<E: Enumeration>(name: &str) -> Option<i32> {
    let known = E::NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, number)| *number)
}

/// Whether a `.proto` could have a value of this name. `"2"` is a mistake of the sender's.
fn is_identifier(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let first = text.bytes().next();
    first.is_some_and(|first| !first.is_ascii_digit()) && text.bytes().all(word)
}

/// Enough names to see which enum is meant, without printing hundreds.
fn some_names(names: &[(&str, i32)]) -> String {
    const SHOWN: usize = 8;
    let mut list: Vec<&str> = names.iter().take(SHOWN).map(|(name, _)| *name).collect();
    if names.len() > SHOWN {
        list.push("..");
    }
    list.join(", ")
}

/// A message that has no JSON form: those that describe `.proto` files, from `prost_types`.
#[derive(Debug)]
pub struct Unsupported<M>(PhantomData<M>);

impl<M> Kind for Unsupported<M> {
    type Value = M;

    fn shape<'a>(_: &'a M, _: Writing) -> Shape<'a> {
        Shape::Wrong(unsupported::<M>())
    }

    fn is_default(_: &M) -> bool {
        false
    }

    fn read(_: Token<'_>, _: Reading) -> Result<M> {
        Err(Failure::new(unsupported::<M>()))
    }
}

fn unsupported<M>() -> String {
    let path = std::any::type_name::<M>();
    let name = path.rsplit("::").next().unwrap_or(path);
    format!("google.protobuf.{name} has no JSON form here; use the binary format")
}
