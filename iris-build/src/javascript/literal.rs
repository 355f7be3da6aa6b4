//! Names and texts as JavaScript writes them.

use std::fmt::Write;

/// A property's name, in quotes where it needs them.
pub(in crate::javascript) fn property(name: &str) -> String {
    let mut letters = name.chars();
    let begins = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic() || "_$".contains(letter));
    let plain =
        begins && letters.all(|letter| letter.is_ascii_alphanumeric() || "_$".contains(letter));
    match plain {
        true => name.to_owned(),
        false => string(name),
    }
}

/// The name of the function that lists a message's fields. No name in a `.proto` has a `$`, and none in the runtime.
pub(in crate::javascript) fn listing(message: &str) -> String {
    format!("{message}$")
}

/// A string literal. Quotes and backslashes in it are written as numbers, so that whoever looks for its end finds it.
pub(in crate::javascript) fn string(text: &str) -> String {
    let mut literal = "\"".to_owned();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(letter));
            }
            control if control.is_control() => {
                let _ = write!(literal, "\\u{:04x}", u32::from(control));
            }
            other => literal.push(other),
        }
    }
    literal + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        for plain in ["name", "_a1", "$", "class"] {
            assert_eq!(property(plain), plain);
        }
        assert_eq!(property("with-dash"), "\"with-dash\"");
        assert_eq!(property("1st"), "\"1st\"");
        assert_eq!(property(""), "\"\"");
    }

    #[test]
    fn texts_have_no_quotes_of_their_own() {
        assert_eq!(
            string("a\"b\\c\n\u{e9}"),
            "\"a\\u0022b\\u005cc\\u000a\u{e9}\""
        );
    }
}
