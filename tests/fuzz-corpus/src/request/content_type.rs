//! Content types, each of which is a protocol and a format.

use super::{answered, application};
use crate::input::Input;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Version};
use iris_core::Body;

/// For calls without streams, and what comes back.
const UNARY: [(&str, &str); 2] = [
    ("application/proto", "application/proto"),
    ("application/json", "application/json"),
];

/// For streams, and what comes back.
const STREAMS: [(&str, &str); 2] = [
    ("application/connect+proto", "application/connect+proto"),
    ("application/connect+json", "application/connect+json"),
];

/// For both (gRPC `PROTOCOL-HTTP2.md`, "Content-Type"; `PROTOCOL-WEB.md`), and what comes back.
const EITHER: [(&str, &str); 9] = [
    ("application/grpc", "application/grpc+proto"),
    ("application/grpc+proto", "application/grpc+proto"),
    ("application/grpc+json", "application/grpc+json"),
    ("application/grpc-web", "application/grpc-web+proto"),
    ("application/grpc-web+proto", "application/grpc-web+proto"),
    ("application/grpc-web+json", "application/grpc-web+json"),
    (
        "application/grpc-web-text",
        "application/grpc-web-text+proto",
    ),
    (
        "application/grpc-web-text+proto",
        "application/grpc-web-text+proto",
    ),
    (
        "application/grpc-web-text+json",
        "application/grpc-web-text+json",
    ),
];

/// A type that is known is answered in its protocol, however it is written; any other is refused.
pub fn content_type(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (path, own) = match input.byte() & 1 {
        0 => ("/fuzz.v1.Mirror/Ping", UNARY),
        _ => ("/fuzz.v1.Mirror/Each", STREAMS),
    };
    let Ok(content_type) = HeaderValue::from_bytes(input.rest()) else {
        return;
    };
    let essence = content_type.as_bytes().split(|byte| *byte == b';').next();
    let essence = essence
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    let mut known = own.iter().chain(&EITHER);
    let known = known.find(|(asked, _)| asked.as_bytes() == essence);

    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = path.parse().expect("a path");
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    let answer = answered(application::service(), request).expect("an answer");
    let answer = answer.well_formed();
    match known {
        Some((_, expected)) => {
            assert_eq!((answer.status, answer.content_type()), (200, *expected));
        }
        None => assert_eq!(answer.status, 415, "{answer:?}"),
    }
}
