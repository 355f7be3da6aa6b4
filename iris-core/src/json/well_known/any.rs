//! `google.protobuf.Any`: a message whose type only its value tells.

use crate::json::registry::{self, Form, MessageType};
use crate::json::{Failure, FieldWriter, Kind, Members, Reading, Result, Shape, Token, Writing};

/// `google.protobuf.Any`: the fields of the message inside, with its type URL as `@type` among them. A
/// well-known type is the member `value` instead.
///
/// The type is looked up among those that were [registered](crate::json::register). An empty `Any` is `{}`.
#[derive(Debug)]
pub enum Any {}

/// The member that names the type.
const TYPE: &str = "@type";

/// The member that holds what has a form of its own.
const VALUE: &str = "value";

impl Kind for Any {
    type Value = prost_types::Any;

    fn shape<'a>(value: &'a prost_types::Any, _: Writing) -> Shape<'a> {
        Shape::Any(value)
    }

    fn is_default(_: &prost_types::Any) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::Any> {
        let inside = reading.enter()?;
        let Token::Object(members) = token else {
            return Err(token.mismatch("an object with \"@type\""));
        };
        let Some(type_url) = members.text_ahead(TYPE, "a type URL")? else {
            return match members.next_name(&mut String::new())? {
                false => Ok(prost_types::Any::default()),
                true => Err(Failure::new("a google.protobuf.Any needs \"@type\"")),
            };
        };
        let ty = registry::find(&type_url).map_err(|failure| failure.in_field(TYPE))?;
        let mut contents = Contents {
            members,
            type_was_seen: false,
        };
        let value = match ty.form {
            // Together they are one level.
            Form::Fields => (ty.read)(Token::Object(&mut contents), reading)?,
            Form::Value => read_value(ty, &mut contents, inside)?,
        };
        Ok(prost_types::Any { type_url, value })
    }
}

/// Reads what stands in `value`.
fn read_value(ty: &MessageType, members: &mut dyn Members, inside: Reading) -> Result<Vec<u8>> {
    let mut value = None;
    let mut name = String::new();
    while members.next_name(&mut name)? {
        if name != VALUE {
            inside.unknown(&name, members)?;
            continue;
        }
        if value.is_some() {
            return Err(Failure::new("the field is given twice").in_field(VALUE));
        }
        members
            .value(&mut |token| {
                value = Some((ty.read)(token, inside)?);
                Ok(())
            })
            .map_err(|failure| failure.in_field(VALUE))?;
    }
    value.ok_or_else(|| {
        Failure::new(format!(
            "a google.protobuf.Any of the type {:?} needs \"value\"",
            ty.name()
        ))
    })
}

/// Writes the members.
pub(crate) fn write(
    any: &prost_types::Any,
    writing: Writing,
    out: &mut dyn FnMut(&str, Shape<'_>) -> Result,
) -> Result {
    if any.type_url.is_empty() && any.value.is_empty() {
        return Ok(());
    }
    let inside = writing.unpack()?;
    let ty = registry::find(&any.type_url)?;
    out(TYPE, Shape::Text(&any.type_url))?;
    (ty.write)(&any.value, inside, &mut |shape| match shape {
        Shape::Message(fields) if ty.form == Form::Fields => {
            fields.write(&mut FieldWriter::new(out, inside))
        }
        shape => out(VALUE, shape),
    })
}

/// The members beside `@type`.
struct Contents<'m> {
    members: &'m mut dyn Members,
    type_was_seen: bool,
}

impl Members for Contents<'_> {
    fn next_name(&mut self, name: &mut String) -> Result<bool> {
        while self.members.next_name(name)? {
            if name != TYPE {
                return Ok(true);
            }
            if self.type_was_seen {
                return Err(Failure::new("the field is given twice").in_field(TYPE));
            }
            self.type_was_seen = true;
            self.members.skip()?;
        }
        Ok(false)
    }

    fn value(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
        self.members.value(take)
    }

    fn skip(&mut self) -> Result {
        self.members.skip()
    }

    fn text_ahead(&mut self, name: &str, expected: &str) -> Result<Option<String>> {
        self.members.text_ahead(name, expected)
    }
}
