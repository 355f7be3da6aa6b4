//! What an HTTP response has before its body, as Lambda's formats write it.

use http::header::{CONNECTION, CONTENT_TYPE, SET_COOKIE, TRANSFER_ENCODING};
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use std::collections::BTreeMap;

/// The head of a streamed answer, and what whole ones of payload format 2.0 say beside their body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    status_code: u16,
    headers: BTreeMap<String, String>,
    cookies: Vec<String>,
}

impl Head {
    pub(crate) fn of(parts: &Parts) -> Self {
        let mut headers = joined(&parts.headers);
        let may_have_body = parts.status != StatusCode::NO_CONTENT;
        if may_have_body && !headers.contains_key(CONTENT_TYPE.as_str()) {
            let bytes = "application/octet-stream".to_owned();
            headers.insert(CONTENT_TYPE.to_string(), bytes);
        }
        Head {
            status_code: parts.status.as_u16(),
            headers,
            cookies: cookies(&parts.headers),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Texts and a number are always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Each header once, with its values behind commas. Cookies, which may not be joined, are not among them.
pub(crate) fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let names = names(headers).filter(|name| **name != SET_COOKIE);
    names
        .map(|name| (name.to_string(), values(headers, name).join(", ")))
        .collect()
}

/// Each header with its values.
#[cfg(feature = "application")]
pub(crate) fn listed(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    names(headers)
        .map(|name| (name.to_string(), values(headers, name)))
        .collect()
}

pub(crate) fn cookies(headers: &HeaderMap) -> Vec<String> {
    values(headers, &SET_COOKIE)
}

/// The names of what is said of the response. What is said of a connection is not of this one.
fn names(headers: &HeaderMap) -> impl Iterator<Item = &http::HeaderName> {
    let keys = headers.keys();
    keys.filter(|name| **name != CONNECTION && **name != TRANSFER_ENCODING)
}

fn values(headers: &HeaderMap, name: &http::HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}
