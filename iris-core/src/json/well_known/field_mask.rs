//! `google.protobuf.FieldMask`: `user.displayName,photo`.

use crate::json::{Kind, Reading, Result, Shape, Token, Writing};

/// `google.protobuf.FieldMask`: paths in lowerCamelCase, joined by commas.
///
/// A path that would not come back as it was (`fooBar`, `foo__bar`, `foo_3`) has no JSON form.
#[derive(Debug)]
pub enum FieldMask {}

impl Kind for FieldMask {
    type Value = prost_types::FieldMask;

    fn shape<'a>(value: &'a prost_types::FieldMask, _: Writing) -> Shape<'a> {
        let paths: Option<Vec<String>> = value.paths.iter().map(|path| camel_case(path)).collect();
        match paths {
            Some(paths) => Shape::Owned(paths.join(",")),
            None => Shape::Wrong(format!(
                "the field mask {:?} has a path that is not written in lower_snake_case",
                value.paths
            )),
        }
    }

    fn is_default(_: &prost_types::FieldMask) -> bool {
        false
    }

    fn read(token: Token<'_>, reading: Reading) -> Result<prost_types::FieldMask> {
        reading.enter()?;
        let expected = "paths like \"user.displayName,photo\"";
        let paths = match token {
            Token::Text("") => Some(Vec::new()),
            Token::Text(text) => text.split(',').map(snake_case).collect(),
            _ => return Err(token.mismatch(expected)),
        };
        match paths {
            Some(paths) => Ok(prost_types::FieldMask { paths }),
            None => Err(token.out_of_range(expected)),
        }
    }
}

fn camel_case(path: &str) -> Option<String> {
    let mut camel = String::with_capacity(path.len());
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        camel.push(match letter {
            '_' => letters
                .next()
                .filter(char::is_ascii_lowercase)?
                .to_ascii_uppercase(),
            letter if is_plain(letter) => letter,
            _ => return None,
        });
    }
    (!camel.is_empty()).then_some(camel)
}

fn snake_case(path: &str) -> Option<String> {
    let mut snake = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        match letter {
            letter if letter.is_ascii_uppercase() => {
                snake.push('_');
                snake.push(letter.to_ascii_lowercase());
            }
            letter if is_plain(letter) => snake.push(letter),
            _ => return None,
        }
    }
    (!snake.is_empty()).then_some(snake)
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '.'
}
