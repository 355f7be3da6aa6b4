//! The content types, each of which is a protocol and a format.

use super::{Flavor, Flavors, Protocol};
use crate::Format;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};

/// What procedures without streams take, for people.
pub(super) const UNARY: &str = "application/proto, application/json, application/grpc, application/grpc+proto, application/grpc+json, application/grpc-web, application/grpc-web+proto, application/grpc-web+json, application/grpc-web-text, application/grpc-web-text+proto, application/grpc-web-text+json";

/// What procedures with streams take, for people.
pub(super) const STREAMS: &str = "application/connect+proto, application/connect+json, application/grpc, application/grpc+proto, application/grpc+json, application/grpc-web, application/grpc-web+proto, application/grpc-web+json, application/grpc-web-text, application/grpc-web-text+proto, application/grpc-web-text+json";

/// The protocol of a request with these headers.
pub(super) fn protocol(headers: &HeaderMap) -> Option<Protocol> {
    let value = headers.get(CONTENT_TYPE)?.as_bytes();
    // Nearly always it is written just so.
    let protocol = known(value).or_else(|| known(&essence(value)))?;
    Some(match protocol {
        Protocol::GrpcWeb(format, flavors) => Protocol::GrpcWeb(format, flavors.accepting(headers)),
        other => other,
    })
}

/// A media type without its parameters, in lower case.
fn essence(value: &[u8]) -> Vec<u8> {
    let essence = value.split(|byte| *byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii();
    essence.to_ascii_lowercase()
}

/// Whether a part of `accept` says that this is not wanted (RFC 9110, section 12.4.2).
fn is_refused(range: &[u8]) -> bool {
    let mut parameters = range.split(|byte| *byte == b';').skip(1);
    parameters.any(|parameter| {
        let parameter = parameter.trim_ascii().to_ascii_lowercase();
        let weight = parameter.strip_prefix(b"q=");
        weight.is_some_and(|weight| {
            weight.starts_with(b"0") && weight.iter().all(|byte| matches!(byte, b'0' | b'.'))
        })
    })
}

impl Flavors {
    /// The answer is written as the request is.
    fn both(flavor: Flavor) -> Self {
        Flavors {
            request: flavor,
            response: flavor,
        }
    }

    /// The answer is written as `accept` says, where it names the other form and not that of the request
    /// (`PROTOCOL-WEB.md`, "Text-encoded (response) streams").
    fn accepting(self, headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter().map(HeaderValue::as_bytes);
        let named = values
            .flat_map(|value| value.split(|byte| *byte == b','))
            .filter(|name| !is_refused(name))
            .filter_map(|name| match known(&essence(name))? {
                Protocol::GrpcWeb(_, named) => Some(named.response),
                _ => None,
            });
        let response =
            match named.reduce(|one, other| if one == self.request { one } else { other }) {
                Some(response) => response,
                None => self.request,
            };
        Flavors { response, ..self }
    }
}

fn known(content_type: &[u8]) -> Option<Protocol> {
    let (format, subtype) = match content_type.strip_prefix(b"application/")? {
        b"proto" => return Some(Protocol::ConnectUnary(Format::Proto)),
        b"json" => return Some(Protocol::ConnectUnary(Format::Json)),
        subtype => match subtype.iter().position(|byte| *byte == b'+') {
            None => (Format::Proto, subtype),
            Some(plus) => match &subtype[plus..] {
                b"+proto" => (Format::Proto, &subtype[..plus]),
                b"+json" => (Format::Json, &subtype[..plus]),
                _ => return None,
            },
        },
    };
    match subtype {
        b"grpc" => Some(Protocol::Grpc(format)),
        b"grpc-web" => Some(Protocol::GrpcWeb(format, Flavors::both(Flavor::Binary))),
        b"grpc-web-text" => Some(Protocol::GrpcWeb(format, Flavors::both(Flavor::Text))),
        // Connect always names its format.
        b"connect" if content_type != b"application/connect" => {
            Some(Protocol::ConnectStream(format))
        }
        _ => None,
    }
}

/// The content type as it was sent.
pub(super) fn text(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_refusals_name_is_taken_in_any_spelling() {
        for list in [UNARY, STREAMS] {
            for name in list.split(", ") {
                let spellings = [
                    name.to_owned(),
                    name.to_uppercase(),
                    format!("{name}; charset=utf-8"),
                ];
                for spelling in spellings {
                    let mut headers = HeaderMap::new();
                    headers.insert(CONTENT_TYPE, HeaderValue::try_from(&spelling).unwrap());
                    assert!(protocol(&headers).is_some(), "{spelling}");
                }
            }
        }
    }

    #[test]
    fn others_are_none() {
        for other in [
            "text/html",
            "application/connect",
            "application/grpc+xml",
            "application/grpc-web-bin",
            "application/proto+json",
            "",
        ] {
            assert_eq!(known(other.as_bytes()), None, "{other}");
        }
    }
}
