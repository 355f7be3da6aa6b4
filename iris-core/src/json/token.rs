//! Values on their way in: what stands in JSON, and the adapter that takes it from serde.

use super::failure::shown;
use super::held::Held;
use super::name::Name;
use super::{Failure, Result};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;

/// What stands in JSON.
#[expect(missing_debug_implementations, reason = "it holds trait objects")]
#[non_exhaustive]
pub enum Token<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number, 0 or more.
    Unsigned(u64),
    /// A whole number below 0.
    Negative(i64),
    /// A number with a fraction, an exponent, or more digits than 64 bits hold.
    Float(f64),
    /// A string.
    Text(&'t str),
    /// An array; whoever takes it reads it to its end.
    List(&'t mut dyn Items),
    /// An object; whoever takes it reads it to its end.
    Object(&'t mut dyn Members),
}

/// An array on its way in.
pub trait Items {
    /// Hands the next element to `take`; `false` at the end.
    ///
    /// # Errors
    ///
    /// Those of `take` and of the format.
    fn next(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result<bool>;
}

/// An object on its way in: a name, then its value or [`Members::skip`], and so on.
pub trait Members {
    /// Puts the next name into `name`; `false` at the end.
    ///
    /// # Errors
    ///
    /// Those of the format.
    fn next_name(&mut self, name: &mut String) -> Result<bool>;

    /// Hands the value to `take`.
    ///
    /// # Errors
    ///
    /// Those of `take` and of the format.
    fn value(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result;

    /// Passes over the value.
    ///
    /// # Errors
    ///
    /// Those of the format.
    fn skip(&mut self) -> Result;

    /// Looks for the text that a member of this name has, among those that have not come yet, and leaves
    /// them to come. What stands before it may have to be kept in memory.
    ///
    /// # Errors
    ///
    /// Those of the format, and a member that is no text, for which the error says what is `expected`.
    fn text_ahead(&mut self, name: &str, expected: &str) -> Result<Option<String>>;
}

impl Token<'_> {
    /// The failure of a value that cannot be this: `invalid type: integer `5`, expected a string`.
    pub fn mismatch(&self, expected: &str) -> Failure {
        let unexpected = match self {
            Token::Null => {
                return Failure::new(format!("invalid type: null, expected {expected}"));
            }
            Token::Bool(value) => Unexpected::Bool(*value),
            Token::Unsigned(value) => Unexpected::Unsigned(*value),
            Token::Negative(value) => Unexpected::Signed(*value),
            Token::Float(value) => Unexpected::Float(*value),
            Token::Text(text) => Unexpected::Str(shown(text)),
            Token::List(_) => Unexpected::Seq,
            Token::Object(_) => Unexpected::Map,
        };
        Failure::new(format!("invalid type: {unexpected}, expected {expected}"))
    }

    /// The failure of a value of the right type that is not allowed.
    pub fn out_of_range(&self, expected: &str) -> Failure {
        let failure = self.mismatch(expected);
        let reason = failure
            .reason()
            .replacen("invalid type", "invalid value", 1);
        failure.with_reason(reason)
    }
}

/// Takes a value from a serde format.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
    take: &mut dyn FnMut(Token<'_>) -> Result,
) -> std::result::Result<(), D::Error> {
    let mut failed = None;
    let result = Taker {
        take,
        failed: &mut failed,
    }
    .deserialize(deserializer);
    result.map_err(|error| match failed {
        Some(failure) => D::Error::custom(failure.with_reason(error.to_string())),
        None => error,
    })
}

/// Gives what a format yields to `take`. A failure with its path is put aside in `failed`,
/// since the format's own errors carry text alone.
struct Taker<'t> {
    take: &'t mut dyn FnMut(Token<'_>) -> Result,
    failed: &'t mut Option<Failure>,
}

impl Taker<'_> {
    fn give<E: Error>(self, token: Token<'_>) -> std::result::Result<(), E> {
        (self.take)(token).map_err(|failure| {
            let error = E::custom(failure.reason());
            *self.failed = Some(failure);
            error
        })
    }
}

/// The failure behind a format's error. The format's text is kept: it tells the line and column.
fn failure(failed: Option<Failure>, error: impl fmt::Display) -> Failure {
    match failed {
        Some(failure) => failure.with_reason(error.to_string()),
        None => Failure::new(error.to_string()),
    }
}

impl<'de> DeserializeSeed<'de> for Taker<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// The name under which serde_json's feature `arbitrary_precision` hands out numbers. Any crate of
/// a user's may turn it on for all. The price: no [`Struct`](super::Struct) may begin with this name.
const ARBITRARY_PRECISION: &str = "$serde_json::private::Number";

impl<'de> Visitor<'de> for Taker<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> std::result::Result<(), E> {
        self.give(Token::Null)
    }

    fn visit_none<E: Error>(self) -> std::result::Result<(), E> {
        self.give(Token::Null)
    }

    fn visit_some<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> std::result::Result<(), E> {
        self.give(Token::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> std::result::Result<(), E> {
        self.give(Token::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> std::result::Result<(), E> {
        self.give(match u64::try_from(value) {
            Ok(value) => Token::Unsigned(value),
            Err(_) => Token::Negative(value),
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> std::result::Result<(), E> {
        self.give(Token::Float(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> std::result::Result<(), E> {
        self.give(Token::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> std::result::Result<(), A::Error> {
        let mut items = Sequence {
            access,
            source: PhantomData,
        };
        self.give(Token::List(&mut items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<(), A::Error> {
        let mut name = Name::new();
        let first = access.next_key_seed(IntoName(&mut name))?;
        if first.is_some() && *name == ARBITRARY_PRECISION {
            let digits: String = access.next_value()?;
            if digits == "-0" {
                // As without that feature: only a double keeps the sign.
                return self.visit_f64(-0.0);
            }
            return match (digits.parse(), digits.parse(), digits.parse()) {
                (Ok(value), _, _) => self.visit_u64(value),
                (_, Ok(value), _) => self.visit_i64(value),
                (_, _, Ok(value)) => self.visit_f64(value),
                _ => Err(A::Error::custom("invalid number")),
            };
        }
        let mut members = Map::new(access, first.map(|()| name));
        self.give(Token::Object(&mut members))
    }
}

struct Sequence<'de, A> {
    access: A,
    source: PhantomData<&'de ()>,
}

impl<'de, A: SeqAccess<'de>> Items for Sequence<'de, A> {
    fn next(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result<bool> {
        let mut failed = None;
        let taker = Taker {
            take,
            failed: &mut failed,
        };
        match self.access.next_element_seed(taker) {
            Ok(element) => Ok(element.is_some()),
            Err(error) => Err(failure(failed, error)),
        }
    }
}

struct Map<'de, A> {
    access: A,
    /// The name that was read to tell a number from an object. Its value is still to come.
    first: Option<Name>,
    /// Members that were read before their time, all of them before `first`.
    ahead: VecDeque<(String, Held)>,
    /// The value of the name that was handed out, where it was read before its time.
    value: Option<Held>,
    /// Whether the format has no more members.
    ended: bool,
    source: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> Map<'de, A> {
    /// An object of which one name was read; `None` is the object's end.
    fn new(access: A, first: Option<Name>) -> Self {
        Map {
            access,
            ended: first.is_none(),
            first,
            ahead: VecDeque::new(),
            value: None,
            source: PhantomData,
        }
    }

    /// The next name that the format has.
    fn read_name(&mut self, name: &mut String) -> Result<bool> {
        if let Some(mut first) = self.first.take() {
            std::mem::swap(name, &mut *first);
            return Ok(true);
        }
        if !self.ended {
            let found = self.access.next_key_seed(IntoName(name));
            self.ended = found.map_err(|error| failure(None, error))?.is_none();
        }
        Ok(!self.ended)
    }

    /// The value behind that name.
    fn read_value(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
        let mut failed = None;
        let taker = Taker {
            take,
            failed: &mut failed,
        };
        self.access
            .next_value_seed(taker)
            .map_err(|error| failure(failed, error))
    }
}

impl<'de, A: MapAccess<'de>> Members for Map<'de, A> {
    fn next_name(&mut self, name: &mut String) -> Result<bool> {
        let Some((ahead, value)) = self.ahead.pop_front() else {
            return self.read_name(name);
        };
        *name = ahead;
        self.value = Some(value);
        Ok(true)
    }

    fn value(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
        match self.value.take() {
            Some(held) => held.give(take),
            None => self.read_value(take),
        }
    }

    fn skip(&mut self) -> Result {
        if self.value.take().is_some() {
            return Ok(());
        }
        match self.access.next_value::<IgnoredAny>() {
            Ok(IgnoredAny) => Ok(()),
            Err(error) => Err(failure(None, error)),
        }
    }

    fn text_ahead(&mut self, name: &str, expected: &str) -> Result<Option<String>> {
        let found = self.ahead.iter().find(|(ahead, _)| ahead == name);
        if let Some((_, value)) = found {
            return value.text_of(name, expected).map(Some);
        }
        let mut read = String::new();
        while self.read_name(&mut read)? {
            let mut value = Held::Null;
            self.read_value(&mut |token| {
                value = Held::of(token)?;
                Ok(())
            })
            .map_err(|failure| failure.in_field(&read))?;
            let found = read == name;
            let text = found.then(|| value.text_of(name, expected)).transpose()?;
            self.ahead.push_back((std::mem::take(&mut read), value));
            if found {
                return Ok(text);
            }
        }
        Ok(None)
    }
}

/// Puts a name into a buffer that is used for all names of an object.
struct IntoName<'n>(&'n mut String);

impl<'de> DeserializeSeed<'de> for IntoName<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IntoName<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> std::result::Result<(), E> {
        self.0.clear();
        self.0.push_str(name);
        Ok(())
    }
}
