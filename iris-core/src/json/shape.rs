//! Values on their way out: what a value looks like in JSON, and the adapter that gives it to serde.

use super::well_known::any;
use super::{Failure, FieldWriter, Fields, Result, Writing};
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use std::cell::RefCell;

/// What a value looks like in JSON.
#[expect(missing_debug_implementations, reason = "it holds trait objects")]
#[non_exhaustive]
pub enum Shape<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Int32(i32),
    /// A number.
    Uint32(u32),
    /// A number in a string, since JavaScript's numbers have 53 bits.
    Int64(i64),
    /// A number in a string, since JavaScript's numbers have 53 bits.
    Uint64(u64),
    /// A finite number.
    Float(f32),
    /// A finite number.
    Double(f64),
    /// A string.
    Text(&'a str),
    /// A string.
    Owned(String),
    /// A string in standard base64 with padding.
    Bytes(&'a [u8]),
    /// An array.
    List(&'a dyn List),
    /// An object whose names are data.
    Object(&'a dyn Object),
    /// An object whose names are a message's fields.
    Message(&'a dyn Fields),
    /// The object that an `Any` is.
    Any(&'a prost_types::Any),
    /// The value has no JSON form, for this reason.
    Wrong(String),
}

/// An array on its way out.
pub trait List {
    /// How many elements there are.
    fn length(&self) -> usize;

    /// Hands each element to `out`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    fn write(&self, out: &mut dyn FnMut(Shape<'_>) -> Result) -> Result;
}

/// An object on its way out.
pub trait Object {
    /// Hands each name with its value to `out`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    fn write(&self, out: &mut dyn FnMut(&str, Shape<'_>) -> Result) -> Result;
}

/// Gives a value to a serde format.
pub(crate) fn serialize<S: Serializer>(
    shape: Shape<'_>,
    writing: Writing,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    let failed = RefCell::new(None);
    let value = Value {
        shape: &shape,
        writing,
        failed: &failed,
    };
    value
        .serialize(serializer)
        .map_err(|error| match failed.take() {
            Some(failure) => S::Error::custom(failure),
            None => error,
        })
}

/// A shape with a place for the failure that serde's own errors cannot carry: one with a path.
struct Value<'a> {
    shape: &'a Shape<'a>,
    writing: Writing,
    failed: &'a RefCell<Option<Failure>>,
}

impl Value<'_> {
    fn fail<E: Error>(&self, failure: Failure) -> E {
        let error = E::custom(failure.reason());
        self.failed.replace(Some(failure));
        error
    }

    fn failure(&self, error: impl std::fmt::Display) -> Failure {
        self.failed
            .take()
            .unwrap_or_else(|| Failure::new(error.to_string()))
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.shape {
            Shape::Null => serializer.serialize_unit(),
            Shape::Bool(value) => serializer.serialize_bool(*value),
            Shape::Int32(value) => serializer.serialize_i32(*value),
            Shape::Uint32(value) => serializer.serialize_u32(*value),
            Shape::Int64(value) => serializer.collect_str(value),
            Shape::Uint64(value) => serializer.collect_str(value),
            Shape::Float(value) => serializer.serialize_f32(*value),
            Shape::Double(value) => serializer.serialize_f64(*value),
            Shape::Text(value) => serializer.serialize_str(value),
            Shape::Owned(value) => serializer.serialize_str(value),
            Shape::Bytes(value) => serializer.collect_str(&Base64Display::new(value, &STANDARD)),
            Shape::List(list) => self.list(*list, serializer),
            Shape::Object(object) => self.object(serializer, self.writing, |out| object.write(out)),
            Shape::Message(fields) => {
                let inside = self.writing.inside();
                self.object(serializer, inside, |out| {
                    fields.write(&mut FieldWriter::new(out, inside))
                })
            }
            Shape::Any(any) => {
                let inside = self.writing.inside();
                self.object(serializer, inside, |out| any::write(any, self.writing, out))
            }
            Shape::Wrong(reason) => Err(self.fail(Failure::new(reason.as_str()))),
        }
    }
}

impl Value<'_> {
    fn list<S: Serializer>(
        &self,
        list: &dyn List,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        let mut array = serializer.serialize_seq(Some(list.length()))?;
        let mut index = 0;
        list.write(&mut |shape| {
            let element = Value {
                shape: &shape,
                writing: self.writing,
                failed: self.failed,
            };
            array
                .serialize_element(&element)
                .map_err(|error| self.failure(error).in_element(index))?;
            index += 1;
            Ok(())
        })
        .map_err(|failure| self.fail(failure))?;
        array.end()
    }

    fn object<S: Serializer>(
        &self,
        serializer: S,
        inside: Writing,
        write: impl FnOnce(&mut dyn FnMut(&str, Shape<'_>) -> Result) -> Result,
    ) -> std::result::Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let in_step = match self.shape {
            Shape::Message(_) | Shape::Any(_) => Failure::in_field,
            _ => Failure::in_entry,
        };
        write(&mut |name, shape| {
            let value = Value {
                shape: &shape,
                writing: inside,
                failed: self.failed,
            };
            object
                .serialize_entry(name, &value)
                .map_err(|error| in_step(self.failure(error), name))
        })
        .map_err(|failure| self.fail(failure))?;
        object.end()
    }
}
