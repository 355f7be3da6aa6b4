//! Metadata: what may be set, and what is made of received headers.

use crate::input::Input;
use http::{HeaderMap, HeaderName, HeaderValue};
use iris_core::{Metadata, Request};

/// Names the user does not own are refused, the others are found again; received headers are taken as they are.
pub fn metadata(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut set = Metadata::new();
    let mut received = HeaderMap::new();
    while !input.rest().is_empty() {
        let kind = input.byte();
        let name = match kind & 4 {
            0 => input.text(),
            _ => input.one_of(&NAMES).to_owned(),
        };
        match kind & 3 {
            0 => append(&mut set, &name, &input.text()),
            1 => append_bytes(&mut set, &name, input.piece()),
            _ => receive(&mut received, &name, input.piece()),
        }
    }
    let mut copied = HeaderMap::new();
    set.copy_to(&mut copied);
    assert_eq!(&copied, set.headers());
    assert_eq!(set.iter().count(), set.len());
    read(received);
    read(set.into_headers());
}

/// Names worth a try: those of protocols, and those with a meaning.
const NAMES: [&str; 17] = [
    "grpc-status",
    "Grpc-Timeout",
    "connect-timeout-ms",
    "CONNECT-x",
    "content-type",
    "Content-Length",
    "te",
    "host",
    "transfer-encoding",
    "set-cookie",
    "cookie",
    "authorization",
    "x-request-id",
    "x-word",
    "x-bytes-bin",
    "X-Bytes-BIN",
    ":path",
];

/// Whether a protocol would be broken by a user's header of this name.
fn belongs_to_a_protocol(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let framing = [
        "content-type",
        "content-length",
        "te",
        "host",
        "transfer-encoding",
    ];
    framing.contains(&name.as_str()) || name.starts_with("grpc-") || name.starts_with("connect-")
}

fn append(metadata: &mut Metadata, name: &str, value: &str) {
    let before = metadata.clone();
    if metadata.append(name, value).is_err() {
        assert_eq!(*metadata, before);
        return;
    }
    assert!(!belongs_to_a_protocol(name), "{name:?}");
    assert!(!name.to_ascii_lowercase().ends_with("-bin"), "{name:?}");
    assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    assert_eq!(metadata.len(), before.len() + 1);
    assert_eq!(
        metadata.get_all(&name.to_ascii_uppercase()).last(),
        Some(value)
    );
    assert!(metadata.get(name).is_some());
}

fn append_bytes(metadata: &mut Metadata, name: &str, value: &[u8]) {
    let before = metadata.clone();
    if metadata.append_bytes(name, value).is_err() {
        assert_eq!(*metadata, before);
        return;
    }
    assert!(!belongs_to_a_protocol(name), "{name:?}");
    assert!(name.to_ascii_lowercase().ends_with("-bin"), "{name:?}");
    assert_eq!(metadata.len(), before.len() + 1);
    if before.get(name).is_none() {
        assert_eq!(metadata.get_bytes(name).as_deref(), Some(value));
    }
}

/// What an HTTP stack lets through: any bytes but control characters.
fn receive(headers: &mut HeaderMap, name: &str, value: &[u8]) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
        headers.append(name, value);
    }
}

fn read(headers: HeaderMap) {
    let metadata = Metadata::from(headers.clone());
    assert_eq!(metadata.headers(), &headers);
    assert_eq!(metadata.len(), headers.len());
    for (name, value) in &headers {
        let name = name.as_str();
        let _ = metadata.get_bytes(name);
        let first = headers.get(name).and_then(|first| first.to_str().ok());
        assert_eq!(metadata.get(name), first);
        assert!(value.to_str().is_err() || metadata.get_all(name).next().is_some());
    }
    hides_secrets(&headers);

    let request = Request::detached(metadata);
    let id = request.id();
    assert!((1..=128).contains(&id.len()), "{id:?}");
    assert!(id.bytes().all(|byte| byte.is_ascii_graphic()), "{id:?}");
    cookies(&headers, &request);
}

/// Whatever the secrets are, the same is shown.
fn hides_secrets(headers: &HeaderMap) {
    let mut others = headers.clone();
    for name in ["authorization", "cookie", "set-cookie"] {
        if let http::header::Entry::Occupied(mut entry) = others.entry(name) {
            for value in entry.iter_mut() {
                *value = HeaderValue::from_static("another secret");
            }
        }
    }
    let shown = |headers: HeaderMap| format!("{:?}", Metadata::from(headers));
    assert_eq!(shown(headers.clone()), shown(others));
}

/// A header of one plain cookie gives that cookie.
fn cookies(headers: &HeaderMap, request: &Request) {
    let Some(header) = headers.get("cookie").and_then(|value| value.to_str().ok()) else {
        return;
    };
    let _ = request.cookie(header);
    if let Some((name, value)) = header.split_once('=') {
        let plain = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"\";%".contains(&byte))
        };
        if plain(name) && plain(value) {
            assert_eq!(request.cookie(name).as_deref(), Some(value));
        }
    }
}
