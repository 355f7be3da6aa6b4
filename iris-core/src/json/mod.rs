//! ProtoJSON: the JSON form of protobuf messages.
//!
//! It follows <https://protobuf.dev/programming-guides/json/>. Where that leaves a choice:
//!
//! - unknown fields are passed over, and so are unknown names of enum values, on servers and clients alike, as
//!   protobuf's conformance suite has it for parsers that ignore unknown fields: a field or a oneof is left unset, an
//!   element or a map's entry is dropped. A peer may thus be newer. Unknown *numbers* are kept. [`from_slice_strict`]
//!   refuses both;
//! - refused is what comes twice: a field, a key of a map or of a [`Struct`](prost_types::Struct), a member of a oneof
//!   beside another one;
//! - a whole number with a fraction (`.0`), an exponent, or more digits than 64 bits hold is refused from 2^53 on, unless
//!   a double holds it in 15 digits (`1e19`): the format may have rounded it. In a string each form is exact;
//! - map entries are written in the order of their keys, so that equal messages give equal text;
//! - what has no JSON form is an error of [`to_buffer`]: a [`Timestamp`](prost_types::Timestamp) outside the
//!   years 1 to 9999, a [`Duration`](prost_types::Duration) of more than 10,000 years, a
//!   [`Value`](prost_types::Value) that is unset or not finite, and an [`Any`](prost_types::Any) of a type that was not
//!   [registered](register).
//!
//! Messages are read 100 levels deep, counted as in the binary format, so that what JSON brings can be sent on in it.
//! There a map's entry is a level, a list in a [`Value`](prost_types::Value) is two and an object in it three. Messages that
//! wrap a scalar are not counted, and an [`Any`](prost_types::Any) is one level with the message that it holds. [`from_slice`] also stops at 127 arrays and objects inside each other.
//!
//! Errors name the field: `address.lines[2]: invalid type: integer `5`, expected a string`.
//!
//! # Map
//!
//! - [`Fields`], [`Oneof`], [`Enumeration`]: what `iris-build` prints beside messages
//! - [`FieldWriter`], [`FieldReader`]: what that code calls, a line for each field
//! - [`Kind`]: how values of one protobuf type look in JSON: [`Text`], [`Int64`], [`Message`], ..
//! - [`Reading`], [`Writing`]: what a value is read or written within
//! - [`register`], [`MessageType`]: which messages an [`Any`](prost_types::Any) may hold
//! - [`WellKnown`]: messages of `google.protobuf` that procedures take and give as they are
//!
//! Generated code is not generic over serde's formats: it hands [`Shape`]s out and takes [`Token`]s in,
//! and one small adapter for each format does the rest. A message thus costs the compiler
//! two plain functions, however many formats it is used with.

mod error_detail;
mod failure;
mod fields;
mod held;
mod key;
mod kind;
mod name;
mod number;
mod reader;
mod registry;
mod scalar;
mod shape;
mod token;
mod well_known;
mod within;
mod writer;

pub use failure::{Failure, Result};
pub use fields::{Enumeration, Fields, Oneof};
pub use key::MapKey;
pub use kind::{Boxed, Enum, Kind, Message, Unsupported};
pub use reader::FieldReader;
pub use registry::{MessageType, register};
pub use scalar::{Bool, ByteVec, Bytes, Double, Float, Int32, Int64, Text, Uint32, Uint64};
pub use shape::{List, Object, Shape};
pub use token::{Items, Members, Token};
pub use well_known::{
    Any, Duration, FieldMask, ListValue, Nameless, NullValue, Struct, Timestamp, Value, WellKnown,
};
pub use within::{Reading, Writing};
pub use writer::FieldWriter;

#[doc(inline)]
pub use crate::__json_serde as serde;

use bytes::{BufMut, BytesMut};
use serde::{Deserializer, Serializer};

/// A message that has a ProtoJSON form: one with [`Fields`], or a well-known type.
pub trait ProtoJson: Sized {
    /// Writes the message as a JSON value.
    ///
    /// # Errors
    ///
    /// Those of the format, and a value that has no JSON form (see the [module](self)).
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error>;

    /// Reads the message from a JSON value. Unknown fields and names of enum values are passed over.
    ///
    /// # Errors
    ///
    /// Those of the format, and a value that is not what the message's field takes.
    fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        Self::deserialize_within(deserializer, Reading::new())
    }

    /// Reads the message from a JSON value, in the way that `reading` says.
    ///
    /// # Errors
    ///
    /// As [`ProtoJson::deserialize`].
    fn deserialize_within<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: Reading,
    ) -> std::result::Result<Self, D::Error>;
}

/// Reads a message from JSON text.
///
/// # Errors
///
/// Text that is no JSON, has more behind the value, nests deeper than 127 levels of JSON
/// or 100 of messages (see the [module](self)), or is not what the message takes.
pub fn from_slice<M: ProtoJson>(text: &[u8]) -> std::result::Result<M, serde_json::Error> {
    read(text, Reading::new())
}

/// Reads a message from JSON text that a person wrote for this very schema, such as a configuration or a command line:
/// what is not known is a mistake there.
///
/// ```
/// use iris_core::json;
///
/// let text = br#"{"code": 1, "mesage": "a"}"#;
/// let error = json::from_slice_strict::<iris_core::ErrorDetail>(text).unwrap_err();
/// assert!(error.to_string().starts_with("mesage: there is no such field"));
/// assert!(json::from_slice::<iris_core::ErrorDetail>(text).is_ok());
/// ```
///
/// # Errors
///
/// As [`from_slice`], and fields and names of enum values that are not known.
pub fn from_slice_strict<M: ProtoJson>(text: &[u8]) -> std::result::Result<M, serde_json::Error> {
    read(text, Reading::strict())
}

fn read<M: ProtoJson>(text: &[u8], reading: Reading) -> std::result::Result<M, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let message = M::deserialize_within(&mut deserializer, reading)?;
    deserializer.end()?;
    Ok(message)
}

/// Appends a message as JSON text.
///
/// # Errors
///
/// A value that has no JSON form (see the [module](self)); the buffer is then as it was.
pub fn to_buffer<M: ProtoJson>(
    message: &M,
    buffer: &mut BytesMut,
) -> std::result::Result<(), serde_json::Error> {
    let before = buffer.len();
    let result = message.serialize(&mut serde_json::Serializer::new((&mut *buffer).writer()));
    if result.is_err() {
        buffer.truncate(before);
    }
    result
}

impl<M: Fields + Default> ProtoJson for M {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        shape::serialize(Shape::Message(self), Writing::new(), serializer)
    }

    fn deserialize_within<'de, D: Deserializer<'de>>(
        deserializer: D,
        reading: Reading,
    ) -> std::result::Result<Self, D::Error> {
        let mut message = M::default();
        token::deserialize(deserializer, &mut |token| {
            reader::read_message(&mut message, token, reading)
        })?;
        Ok(message)
    }
}

/// Gives messages serde's own traits, so that they can stand inside a user's serializable types.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_serde {
    ($message:ty) => {
        impl $crate::__private::serde::Serialize for $message {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::json::ProtoJson::serialize(self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $message {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::json::ProtoJson::deserialize(deserializer)
            }
        }
    };
    (enum $enumeration:ty) => {
        impl $crate::__private::serde::Serialize for $enumeration {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str_name())
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $enumeration {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::json::deserialize_enumeration(deserializer)
            }
        }
    };
}

/// Reads a value of a Rust enum, which unlike a field cannot hold an unknown number.
#[doc(hidden)]
pub fn deserialize_enumeration<'de, E, D>(deserializer: D) -> std::result::Result<E, D::Error>
where
    E: Enumeration + TryFrom<i32>,
    D: Deserializer<'de>,
{
    let mut value = None;
    token::deserialize(deserializer, &mut |token| {
        let number = Enum::<E>::read(token, Reading::new())?;
        let known = E::try_from(number);
        value = Some(known.map_err(|_| Failure::new(format!("unknown enum value {number}")))?);
        Ok(())
    })?;
    value.ok_or_else(|| serde::de::Error::custom("no enum value"))
}

#[cfg(test)]
mod tests;
