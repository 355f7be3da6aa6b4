//! `google.protobuf.Value` and what it is made of: JSON inside a message.

use crate::json::{Kind, List, Object, Reading, Result, Shape, Token, Writing, number, reader};
use prost_types::value::Kind as Content;

/// `google.protobuf.Value`: any JSON value, `null` among them.
///
/// A value that is not set, and a number that is not finite, have no JSON form.
#[derive(Debug)]
pub enum Value {}

impl Kind for Value {
    type Value = prost_types::Value;

    const TAKES_NULL: bool = true;

    fn shape<'a>(value: &'a prost_types::Value, _: Writing) -> Shape<'a> {
        shape(value)
    }

    fn is_default(_: &prost_types::Value) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::Value> {
        let inside = reading.enter()?;
        let content = match token {
            Token::Null => Content::NullValue(prost_types::NullValue::NullValue.into()),
            Token::Bool(value) => Content::BoolValue(value),
            Token::Text(text) => Content::StringValue(text.to_owned()),
            Token::List(_) => Content::ListValue(ListValue::read(token, inside)?),
            Token::Object(_) => Content::StructValue(Struct::read(token, inside)?),
            Token::Unsigned(_) | Token::Negative(_) | Token::Float(_) => {
                Content::NumberValue(number::double(&token, "a number")?)
            }
        };
        Ok(prost_types::Value {
            kind: Some(content),
        })
    }
}

fn shape(value: &prost_types::Value) -> Shape<'_> {
    match &value.kind {
        Some(Content::NullValue(_)) => Shape::Null,
        Some(Content::BoolValue(value)) => Shape::Bool(*value),
        Some(Content::NumberValue(value)) if value.is_finite() => Shape::Double(*value),
        Some(Content::NumberValue(value)) => Shape::Wrong(format!(
            "a google.protobuf.Value holds the number {value}, which JSON has not"
        )),
        Some(Content::StringValue(value)) => Shape::Text(value),
        Some(Content::ListValue(list)) => Shape::List(list),
        Some(Content::StructValue(object)) => Shape::Object(object),
        None => Shape::Wrong("a google.protobuf.Value is not set".to_owned()),
    }
}

/// `google.protobuf.Struct`: any JSON object.
#[derive(Debug)]
pub enum Struct {}

impl Kind for Struct {
    type Value = prost_types::Struct;

    fn shape<'a>(value: &'a prost_types::Struct, _: Writing) -> Shape<'a> {
        Shape::Object(value)
    }

    fn is_default(_: &prost_types::Struct) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::Struct> {
        let inside = reading.enter()?;
        let Token::Object(_) = token else {
            return Err(token.mismatch("an object"));
        };
        let mut object = prost_types::Struct::default();
        reader::read_entries(token, &mut |name, token| {
            let value = Value::read(token, inside.enter()?)?;
            match object.fields.insert(name.to_owned(), value) {
                Some(_) => Err(reader::key_given_twice()),
                None => Ok(()),
            }
        })?;
        Ok(object)
    }
}

impl Object for prost_types::Struct {
    fn write(&self, out: &mut dyn FnMut(&str, Shape<'_>) -> Result) -> Result {
        self.fields
            .iter()
            .try_for_each(|(name, value)| out(name, shape(value)))
    }
}

/// `google.protobuf.ListValue`: any JSON array.
#[derive(Debug)]
pub enum ListValue {}

impl Kind for ListValue {
    type Value = prost_types::ListValue;

    fn shape<'a>(value: &'a prost_types::ListValue, _: Writing) -> Shape<'a> {
        Shape::List(value)
    }

    fn is_default(_: &prost_types::ListValue) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::ListValue> {
        let inside = reading.enter()?;
        let Token::List(_) = token else {
            return Err(token.mismatch("an array"));
        };
        let mut list = prost_types::ListValue::default();
        reader::read_list(token, &mut |token| {
            list.values.push(Value::read(token, inside)?);
            Ok(())
        })?;
        Ok(list)
    }
}

impl List for prost_types::ListValue {
    fn length(&self) -> usize {
        self.values.len()
    }

    fn write(&self, out: &mut dyn FnMut(Shape<'_>) -> Result) -> Result {
        self.values.iter().try_for_each(|value| out(shape(value)))
    }
}

/// `google.protobuf.NullValue`: `null`, an enum of one value. It gets no others, so no other name is passed over.
#[derive(Debug)]
pub enum NullValue {}

impl Kind for NullValue {
    type Value = i32;

    const TAKES_NULL: bool = true;

    fn shape<'a>(_: &'a i32, _: Writing) -> Shape<'a> {
        Shape::Null
    }

    fn is_default(value: &i32) -> bool {
        *value == 0
    }

    fn read(token: Token<'_>, _: Reading) -> Result<i32> {
        match token {
            Token::Null | Token::Text("NULL_VALUE") => Ok(0),
            Token::Text(_) => Err(token.out_of_range("null")),
            token => number::integer(&token, "null"),
        }
    }
}
