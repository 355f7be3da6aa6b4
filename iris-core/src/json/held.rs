//! Values kept until it is known what they are.

use super::{Failure, Items, Members, Result, Token};

/// A value taken out of its format. It takes some ten times the room of the text it was, as a
/// `google.protobuf.Value` does.
pub(crate) enum Held {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(Box<str>),
    List(Vec<Held>),
    Object(Vec<(Box<str>, Held)>),
}

/// As deep as serde_json reads arrays and objects. Other formats may have no limit of their own.
const DEEPEST: u32 = 127;

impl Held {
    /// Takes the value.
    pub(crate) fn of(token: Token<'_>) -> Result<Self> {
        Held::within(token, DEEPEST)
    }

    fn within(token: Token<'_>, levels: u32) -> Result<Self> {
        let inside = || match levels.checked_sub(1) {
            Some(levels) => Ok(levels),
            None => Err(Failure::new(format!(
                "values nest deeper than {DEEPEST} levels"
            ))),
        };
        Ok(match token {
            Token::Null => Held::Null,
            Token::Bool(value) => Held::Bool(value),
            Token::Unsigned(value) => Held::Unsigned(value),
            Token::Negative(value) => Held::Negative(value),
            Token::Float(value) => Held::Float(value),
            Token::Text(text) => Held::Text(text.into()),
            Token::List(items) => {
                let levels = inside()?;
                let mut held = Vec::new();
                while items.next(&mut |token| {
                    held.push(Held::within(token, levels)?);
                    Ok(())
                })? {}
                Held::List(held)
            }
            Token::Object(members) => {
                let levels = inside()?;
                let mut held = Vec::new();
                let mut name = String::new();
                while members.next_name(&mut name)? {
                    members.value(&mut |token| {
                        held.push((name.as_str().into(), Held::within(token, levels)?));
                        Ok(())
                    })?;
                }
                Held::Object(held)
            }
        })
    }

    /// Hands the value to `take`, as its format would have done.
    pub(crate) fn give(&self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
        take(match self {
            Held::Null => Token::Null,
            Held::Bool(value) => Token::Bool(*value),
            Held::Unsigned(value) => Token::Unsigned(*value),
            Held::Negative(value) => Token::Negative(*value),
            Held::Float(value) => Token::Float(*value),
            Held::Text(text) => Token::Text(text),
            Held::List(items) => return take(Token::List(&mut HeldItems(items))),
            Held::Object(members) => return take(Token::Object(&mut HeldMembers::of(members))),
        })
    }

    /// The text that the value of the member `name` is; for others the failure says that it is not `expected`.
    pub(crate) fn text_of(&self, name: &str, expected: &str) -> Result<String> {
        let mut text = String::new();
        self.give(&mut |token| match token {
            Token::Text(found) => {
                found.clone_into(&mut text);
                Ok(())
            }
            other => Err(other.mismatch(expected)),
        })
        .map_err(|failure| failure.in_field(name))?;
        Ok(text)
    }
}

struct HeldItems<'h>(&'h [Held]);

impl Items for HeldItems<'_> {
    fn next(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result<bool> {
        let Some((item, rest)) = self.0.split_first() else {
            return Ok(false);
        };
        self.0 = rest;
        item.give(take)?;
        Ok(true)
    }
}

struct HeldMembers<'h> {
    rest: &'h [(Box<str>, Held)],
    value: &'h Held,
}

impl<'h> HeldMembers<'h> {
    fn of(members: &'h [(Box<str>, Held)]) -> Self {
        HeldMembers {
            rest: members,
            value: &Held::Null,
        }
    }
}

impl Members for HeldMembers<'_> {
    fn next_name(&mut self, name: &mut String) -> Result<bool> {
        let Some(((next, value), rest)) = self.rest.split_first() else {
            return Ok(false);
        };
        (**next).clone_into(name);
        self.rest = rest;
        self.value = value;
        Ok(true)
    }

    fn value(&mut self, take: &mut dyn FnMut(Token<'_>) -> Result) -> Result {
        self.value.give(take)
    }

    fn skip(&mut self) -> Result {
        Ok(())
    }

    fn text_ahead(&mut self, name: &str, expected: &str) -> Result<Option<String>> {
        let found = self.rest.iter().find(|(other, _)| **other == *name);
        found
            .map(|(_, value)| value.text_of(name, expected))
            .transpose()
    }
}
