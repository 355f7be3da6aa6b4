//! `google.protobuf.Any`: a message whose type only its value tells.

use crate::json::failure::shown;
use crate::json::{Failure, Kind, Object, Reading, Result, Shape, Token, Writing};

/// `google.protobuf.Any`
///
/// Its JSON form is that of the message inside, which takes a registry of types. There is none
/// yet: an `Any` is written and read only where it is empty, every other one is an error that names its type.
#[derive(Debug)]
pub enum Any {}

impl Kind for Any {
    type Value = prost_types::Any;

    fn shape<'a>(value: &'a prost_types::Any, _: Writing<'a>) -> Shape<'a> {
        match value.type_url.is_empty() && value.value.is_empty() {
            true => Shape::Object(&Nothing),
            false => Shape::Wrong(unknown(&value.type_url)),
        }
    }

    fn is_default(_: &prost_types::Any) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading<'_>) -> Result<prost_types::Any> {
        reading.enter()?;
        let Token::Object(members) = token else {
            return Err(token.mismatch("an object with \"@type\""));
        };
        let mut name = String::new();
        let mut empty = true;
        while members.next_name(&mut name)? {
            empty = false;
            if name != "@type" {
                members.skip()?;
                continue;
            }
            members.value(&mut |token| match token {
                Token::Text(url) => Err(Failure::new(unknown(url))),
                other => Err(other.mismatch("a type URL")),
            })?;
        }
        match empty {
            true => Ok(prost_types::Any::default()),
            false => Err(Failure::new("a google.protobuf.Any needs \"@type\"")),
        }
    }
}

/// Where a registry will be asked for the type behind the last `/`.
fn unknown(url: &str) -> String {
    format!(
        "a google.protobuf.Any of the type {:?} has no JSON form: the type is not known here; use the binary format",
        shown(url)
    )
}

struct Nothing;

impl Object for Nothing {
    fn write(&self, _: &mut dyn FnMut(&str, Shape<'_>) -> Result) -> Result {
        Ok(())
    }
}
