//! What tells one message from another, so that thousands of cases become some hundreds of seeds: what is in a message's
//! frames, headers and errors, and not how long its texts are.

use http::HeaderMap;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Headers whose values count: the others count by their names.
const VALUED: [&str; 7] = [
    "connect-content-encoding",
    "connect-protocol-version",
    "content-encoding",
    "content-type",
    "grpc-encoding",
    "grpc-status",
    "te",
];

/// The flag of what ends a stream in Connect, and of trailers in gRPC-Web.
const ENDS: u8 = 0b1000_0010;

/// The number of all these parts.
pub(super) fn number(parts: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The names in a query, and what is short in it.
pub(super) fn query(uri: &str) -> Vec<String> {
    let (_, query) = uri.split_once('?').unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes());
    let parts = pairs.map(|(name, value)| match &*name {
        "message" => format!("message {}", value.is_empty()),
        _ => format!("{name} {value}"),
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort();
    parts
}

/// The names of headers, and how often each comes; of some the values too.
pub(super) fn headers(headers: &HeaderMap) -> Vec<String> {
    let parts = headers.iter().map(|(name, value)| {
        let value = match VALUED.contains(&name.as_str()) {
            true => String::from_utf8_lossy(value.as_bytes()),
            false => "".into(),
        };
        format!("{name}: {value}")
    });
    let mut parts: Vec<_> = parts.collect();
    parts.sort();
    parts
}

/// The frames of a stream's body; of one that is JSON, the names in it.
pub(super) fn body(content_type: &str, body: &[u8]) -> Vec<String> {
    match content_type.contains("grpc") || content_type.contains("connect") {
        true => frames(body),
        false => vec![outline(body)],
    }
}

/// Each flag and whether something is in its frame, several times the same but once; and of the last what is in it.
fn frames(mut body: &[u8]) -> Vec<String> {
    let mut frames = Vec::new();
    while let Some((&[flags, a, b, c, d], rest)) = body.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        frames.push(match flags & ENDS {
            0 => format!("{flags} {}", payload.is_empty()),
            _ => format!("{flags} {}", outline(payload)),
        });
        body = rest;
    }
    frames.dedup();
    if !body.is_empty() {
        frames.push("cut short".to_owned());
    }
    frames
}

/// The names in JSON or in trailers, and the codes of errors; of others whether there is anything.
fn outline(bytes: &[u8]) -> String {
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        let mut names = Vec::new();
        walk(&value, &mut names);
        names.sort();
        names.dedup();
        return names.join(" ");
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    let names = lines.filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?.trim();
        let (name, value) = line.split_once(':')?;
        Some(match name {
            "grpc-status" => format!("{name}{value}"),
            _ => name.to_owned(),
        })
    });
    let names: Vec<_> = names.collect();
    match names.is_empty() {
        true => format!("{}", bytes.is_empty()),
        false => names.join(" "),
    }
}

fn walk(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("code", Value::String(code)) => names.push(format!("code {code}")),
                    _ => names.push(name.clone()),
                }
                walk(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, names)),
        _ => {}
    }
}
