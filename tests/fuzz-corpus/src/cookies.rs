//! Cookies: what was set comes back, whatever else stands in the header.

use crate::input::Input;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use iris_core::{Cookie, Metadata, Request};

/// A name of one's own, which no input guesses.
const NAME: &str = "flavour-of-the-day";

/// Any headers are cookies or none, and a cookie of one's own is found among them with its value.
pub fn cookies(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (value, place) = (input.text(), input.byte());
    let mut headers = HeaderMap::new();
    while !input.rest().is_empty() {
        if let Ok(header) = HeaderValue::from_bytes(input.piece()) {
            headers.append(COOKIE, header);
        }
    }
    let strange = Request::detached(Metadata::from(headers.clone()));
    for header in headers.get_all(COOKIE) {
        for pair in header.as_bytes().split(|byte| *byte == b';') {
            let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
            let Ok(name) = std::str::from_utf8(name) else {
                continue;
            };
            let found = strange.cookie(name.trim());
            assert!(found.is_none() || pair_begins(&headers, name.trim()));
        }
    }
    assert!(strange.cookie(NAME).is_none() || pair_begins(&headers, NAME));
    if pair_begins(&headers, NAME) {
        return;
    }

    // As a browser sends it back: its own, among those of others.
    let own = Cookie::new(NAME, value.as_str()).encoded().to_string();
    let mut all: Vec<Vec<u8>> = headers
        .get_all(COOKIE)
        .iter()
        .map(|header| header.as_bytes().to_vec())
        .collect();
    all.insert(usize::from(place) % (all.len() + 1), own.into_bytes());
    let one = HeaderValue::from_bytes(&all.join(&b"; "[..])).expect("a header");
    let mut together = HeaderMap::new();
    together.append(COOKIE, one);
    let mut apart = HeaderMap::new();
    for header in &all {
        apart.append(COOKIE, HeaderValue::from_bytes(header).expect("a header"));
    }
    for headers in [together, apart] {
        let request = Request::detached(Metadata::from(headers));
        assert_eq!(request.cookie(NAME).as_deref(), Some(value.as_str()));
    }
}

/// Whether a cookie of this name is there.
fn pair_begins(headers: &HeaderMap, name: &str) -> bool {
    headers.get_all(COOKIE).iter().any(|header| {
        header
            .as_bytes()
            .split(|byte| *byte == b';')
            .any(|pair| pair.trim_ascii_start().starts_with(name.as_bytes()))
    })
}
