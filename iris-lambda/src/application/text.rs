//! Paths and queries of events as a request has them.

use super::event::Query;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// What cannot stand in a path as it is (RFC 3986, section 3.3), but for `%`.
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What cannot stand in a query as it is (RFC 3986, section 3.4), but for `%`. Brackets are often there all the same, and
/// whoever reads them takes them.
const NOT_IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What has no meaning in a query, whatever stands around it (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path without its stage, percent-encoded.
///
/// HTTP APIs decode the path, REST APIs, function URLs and load balancers leave it as it was, and nothing in an event tells
/// them apart. So what can stand in a path stays, and what cannot is encoded: it was decoded, or its caller was careless.
pub(super) fn path(path: &str, stage: Option<&str>) -> String {
    let below = stage.and_then(|stage| below(path, stage)).unwrap_or(path);
    let encoded = encoded(below, NOT_IN_PATH);
    match encoded.starts_with('/') {
        true => encoded.into_owned(),
        false => format!("/{encoded}"),
    }
}

fn below<'a>(path: &'a str, stage: &str) -> Option<&'a str> {
    let rest = path.strip_prefix('/')?.strip_prefix(stage)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// A query as it was, or as good.
pub(super) fn query(query: Query) -> String {
    match query {
        Query::Raw(raw) => encoded(&raw, NOT_IN_QUERY).into_owned(),
        Query::Pairs {
            pairs,
            encoded: is_encoded,
        } => {
            let part = |text: &str| match is_encoded {
                true => encoded(text, NOT_IN_QUERY).into_owned(),
                false => utf8_percent_encode(text, RESERVED).to_string(),
            };
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", part(name), part(value)))
                .collect();
            pairs.join("&")
        }
    }
}

/// A text with these characters percent-encoded, and with each `%` that begins no encoding.
fn encoded<'a>(text: &'a str, set: &'static AsciiSet) -> Cow<'a, str> {
    let mut rest = text;
    let mut whole = String::new();
    while let Some(at) = stray_percent(rest) {
        whole.extend(utf8_percent_encode(&rest[..at], set));
        whole.push_str("%25");
        rest = &rest[at + 1..];
    }
    if whole.is_empty() {
        return utf8_percent_encode(rest, set).into();
    }
    whole.extend(utf8_percent_encode(rest, set));
    whole.into()
}

fn stray_percent(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut percents = text.match_indices('%').map(|(at, _)| at);
    percents.find(|at| {
        let digits = bytes.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_encoded_whether_it_came_so_or_not() {
        for (told, expected) in [
            ("/a/b", "/a/b"),
            ("/a%20b/%C3%A9", "/a%20b/%C3%A9"),
            ("/a b/é", "/a%20b/%C3%A9"),
            ("/100%", "/100%25"),
            ("/100%/50%25", "/100%25/50%25"),
            ("/what?/#", "/what%3F/%23"),
            ("/@:;=+$,!*'()", "/@:;=+$,!*'()"),
            ("", "/"),
            ("a", "/a"),
        ] {
            assert_eq!(path(told, None), expected, "{told}");
        }
    }

    #[test]
    fn only_the_whole_stage_is_taken_off() {
        for (told, expected) in [
            ("/dev/a", "/a"),
            ("/dev", "/"),
            ("/developers", "/developers"),
            ("/a/dev", "/a/dev"),
        ] {
            assert_eq!(path(told, Some("dev")), expected, "{told}");
        }
    }

    #[test]
    fn a_query_is_as_it_was() {
        let raw = |told: &str| query(Query::Raw(told.to_owned()));
        assert_eq!(raw("a=1&a=2&b=%20+c&d"), "a=1&a=2&b=%20+c&d");
        assert_eq!(raw("a=b c&x[]=1"), "a=b%20c&x[]=1");
        let pairs = |encoded| {
            let pairs = [("a", "1"), ("a", "b+c%20d"), ("e", "f&g=h")];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            query(Query::Pairs {
                pairs: pairs.into(),
                encoded,
            })
        };
        assert_eq!(pairs(true), "a=1&a=b+c%20d&e=f&g=h");
        assert_eq!(pairs(false), "a=1&a=b%2Bc%2520d&e=f%26g%3Dh");
    }
}
