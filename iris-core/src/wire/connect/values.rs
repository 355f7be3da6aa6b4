//! JSON (RFC 8259) as far as Connect's errors need it: strings, and what to pass over.
//!
//! A page that calls a server has no other use for JSON, and a parser for all of it would be a good part of the page.

use std::iter::Peekable;
use std::str::Chars;

/// How deep lists and objects may lie in each other.
const DEEPEST: usize = 128;

/// JSON that is read from its beginning. Whatever is no JSON reads as `None`.
pub(super) struct Values<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl<'a> Values<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Values {
            rest: text.chars().peekable(),
            depth: 0,
        }
    }

    /// Whether nothing but space is left.
    pub(super) fn end(&mut self) -> bool {
        self.next().is_none()
    }

    /// Reads an object; `member` reads the value of each name. `None` where it is another value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&str, &mut Self) -> Option<()>,
    ) -> Option<()> {
        self.group('{', '}', |values| {
            let name = values.text()?;
            values.expect(':')?;
            member(&name, values)
        })
    }

    /// Reads a list; `item` reads each value. Another value is passed over.
    pub(super) fn list(&mut self, item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        match self.next()? {
            '[' => self.group('[', ']', item),
            _ => self.skip(),
        }
    }

    /// Reads a string. Another value is passed over.
    pub(super) fn string(&mut self) -> Option<Option<String>> {
        match self.next()? {
            '"' => self.text().map(Some),
            _ => self.skip().map(|()| None),
        }
    }

    /// Whether an object comes next.
    pub(super) fn is_object(&mut self) -> bool {
        self.next() == Some('{')
    }

    /// Whether `null` comes next, which is then read.
    pub(super) fn is_null(&mut self) -> bool {
        self.next() == Some('n') && self.word().is_some()
    }

    /// Passes a value over.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.next()? {
            '{' => self.object(|_, values| values.skip()),
            '[' => self.list(Self::skip),
            '"' => self.text().map(drop),
            _ => self.word(),
        }
    }

    fn group(
        &mut self,
        open: char,
        close: char,
        mut member: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        if self.next()? != close {
            member(self)?;
            while self.next()? == ',' {
                self.rest.next();
                member(self)?;
            }
        }
        self.depth -= 1;
        self.expect(close)
    }

    /// A string, which must be next.
    fn text(&mut self) -> Option<String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                control if control < ' ' => return None,
                char => text.push(char),
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            char @ ('"' | '\\' | '/') => char,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => match self.unit()? {
                // Two of UTF-16's make a character (section 7).
                first @ 0xd800..0xdc00 => {
                    let second = match (self.rest.next()?, self.rest.next()?) {
                        ('\\', 'u') => self.unit()?,
                        _ => return None,
                    };
                    let second = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?
                }
                unit => char::from_u32(unit)?,
            },
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit * 16 + self.rest.next()?.to_digit(16)?;
        }
        Some(unit)
    }

    /// A number, or one of the three words. How numbers are written is not looked at.
    fn word(&mut self) -> Option<()> {
        let mut word = String::new();
        let of_word = |char: &char| char.is_ascii_alphanumeric() || "+-.".contains(*char);
        while let Some(char) = self.rest.next_if(of_word) {
            word.push(char);
        }
        let is_number = word.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        (is_number || matches!(word.as_str(), "true" | "false" | "null")).then_some(())
    }

    /// The next character that is no space, which is still to be read.
    fn next(&mut self) -> Option<char> {
        while self
            .rest
            .next_if(|char| matches!(char, ' ' | '\t' | '\n' | '\r'))
            .is_some()
        {}
        self.rest.peek().copied()
    }

    fn expect(&mut self, char: char) -> Option<()> {
        self.next()?;
        self.rest.next_if_eq(&char).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// The text, where the whole is a string.
    fn string(json: &str) -> Option<String> {
        let mut values = Values::of(json);
        let string = values.string()?;
        values.end().then_some(string)?
    }

    fn is_json(json: &str) -> bool {
        let mut values = Values::of(json);
        values.skip().is_some() && values.end()
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        let escaped = r#" "\"\\\/\b\f\n\r\tä\u00e4\ud83d\ude00" "#;
        let read = "\"\\/\u{8}\u{c}\n\r\tää😀";
        assert_eq!(string(escaped).as_deref(), Some(read));
        for none in [
            "",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83d\\u0041\"",
            "\"\n\"",
            "\"a\" b",
        ] {
            assert_eq!(string(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for json in [
            "0",
            "-1.5e+3",
            "true",
            "null",
            "[]",
            "[1, [2]]",
            r#"{"a": {}}"#,
        ] {
            assert!(is_json(json), "{json}");
        }
        for none in [
            "",
            "{",
            "[1,]",
            "[1 2]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            "{1: 2}",
            "[1]]",
            "nul",
            "<",
            "[}",
            "{]",
        ] {
            assert!(!is_json(none), "{none}");
        }
        assert!(is_json(&("[".repeat(128) + &"]".repeat(128))));
        assert!(!is_json(&("[".repeat(129) + &"]".repeat(129))));
    }

    /// Any JSON.
    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                proptest::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|object| Value::Object(object.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_writes_is_passed_over(value in any_value()) {
            prop_assert!(is_json(&value.to_string()));
            prop_assert!(is_json(&serde_json::to_string_pretty(&value).unwrap()));
        }

        #[test]
        fn strings_that_serde_writes_are_read(text: String) {
            prop_assert_eq!(string(&json!(text).to_string()), Some(text));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = is_json(&text);
        }
    }
}
