//! Connect: its headers, and the JSON around failures: the body of a unary error, and the envelope that ends
//! a stream.

mod values;

use super::base64;
use crate::error::{Detail, ErrorDetail};
use crate::{IrisError, Metadata, Status};
use http::HeaderName;
use serde::ser::{Serialize, SerializeMap, Serializer};
use values::Values;

/// The header that says a request is a call (Connect protocol, "Connect-Protocol-Version").
pub const VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");

/// How messages of a stream are compressed (Connect protocol, "Streaming-Request"); unary calls have HTTP's header.
pub const ENCODING: HeaderName = HeaderName::from_static("connect-content-encoding");

/// How those of its answer may be.
pub const ACCEPTED: HeaderName = HeaderName::from_static("connect-accept-encoding");

/// The content type of an error body, whatever format the call had.
pub const JSON: &str = "application/json";

/// The body of a unary error (Connect protocol, "Error End-Stream" and "Unary-Response").
pub fn error_body(error: &IrisError) -> Vec<u8> {
    text(&ErrorBody(error))
}

/// The payload of the envelope that ends a stream.
pub fn end_stream(error: Option<&IrisError>, trailers: &Metadata) -> Vec<u8> {
    text(&End { error, trailers })
}

struct End<'a> {
    error: Option<&'a IrisError>,
    trailers: &'a Metadata,
}

impl Serialize for End<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut end = serializer.serialize_map(None)?;
        if let Some(error) = self.error {
            end.serialize_entry("error", &ErrorBody(error))?;
        }
        if !self.trailers.is_empty() {
            end.serialize_entry("metadata", &Trailers(self.trailers))?;
        }
        end.end()
    }
}

/// Reads the body of a unary error, whose status is that of HTTP where the body does not say it.
///
/// `None` where it is no such body: one with neither code nor message may be anybody's JSON.
pub fn parse_error_body(body: &[u8], http_status: u16) -> Option<IrisError> {
    let mut values = Values::of(std::str::from_utf8(body).ok()?);
    let error = parse_error(&mut values)?;
    let says_something = error.code.is_some() || error.message.is_some();
    (values.end() && says_something).then(|| error.of(Status::from_http(http_status)))
}

/// What ends a stream.
#[derive(Debug)]
pub struct EndStream {
    /// Set where the call failed.
    pub error: Option<IrisError>,
    /// The trailing metadata.
    pub trailers: Metadata,
}

/// Reads the payload of the envelope that ends a stream. `None` where it is no such payload.
pub fn parse_end_stream(payload: &[u8]) -> Option<EndStream> {
    let mut values = Values::of(std::str::from_utf8(payload).ok()?);
    let mut error = None;
    let mut trailers = Metadata::new();
    values.object(|name, values| match name {
        "error" => {
            error = match values.is_null() {
                true => None,
                false => Some(parse_error(values)?.of(Status::Unknown)),
            };
            Some(())
        }
        "metadata" if values.is_object() => values.object(|name, values| {
            values.list(|values| {
                if let Some(value) = values.string()? {
                    // A peer's odd header is passed over, as an HTTP stack would.
                    let _ = trailers.append_received(name, &value);
                }
                Some(())
            })
        }),
        _ => values.skip(),
    })?;
    values.end().then_some(EndStream { error, trailers })
}

/// An error as Connect writes it (Connect protocol, "Error End-Stream"). Always in this order, whatever
/// features of `serde_json` other crates turn on.
struct ErrorBody<'a>(&'a IrisError);

impl Serialize for ErrorBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        body.serialize_entry("code", self.0.status.as_str())?;
        body.serialize_entry("message", &self.0.internal_message)?;
        let own = ErrorDetail::from_error(self.0);
        let own = own.map(|own| WireDetail {
            type_name: ErrorDetail::FULL_NAME,
            value: base64::encode(&own.to_bytes()),
            debug: Some(Debug(self.0)),
        });
        let given = self.0.details().iter().map(|detail| WireDetail {
            type_name: detail.type_name(),
            value: base64::encode(detail.value()),
            debug: None,
        });
        let details: Vec<_> = own.into_iter().chain(given).collect();
        if !details.is_empty() {
            body.serialize_entry("details", &details)?;
        }
        body.end()
    }
}

struct WireDetail<'a> {
    type_name: &'a str,
    value: String,
    debug: Option<Debug<'a>>,
}

impl Serialize for WireDetail<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut detail = serializer.serialize_map(None)?;
        detail.serialize_entry("type", self.type_name)?;
        detail.serialize_entry("value", &self.value)?;
        if let Some(debug) = &self.debug {
            detail.serialize_entry("debug", debug)?;
        }
        detail.end()
    }
}

/// The detail once more, for people.
struct Debug<'a>(&'a IrisError);

impl Serialize for Debug<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut debug = serializer.serialize_map(None)?;
        debug.serialize_entry("code", &self.0.code)?;
        debug.serialize_entry("internalMessage", &self.0.internal_message)?;
        if let Some(id) = self.0.request_id() {
            debug.serialize_entry("requestId", id)?;
        }
        debug.end()
    }
}

/// Trailing metadata: each name with all its values.
struct Trailers<'a>(&'a Metadata);

impl Serialize for Trailers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let headers = self.0.headers();
        let mut metadata = serializer.serialize_map(Some(headers.keys_len()))?;
        for name in headers.keys() {
            let values: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            metadata.serialize_entry(name.as_str(), &values)?;
        }
        metadata.end()
    }
}

fn text(value: &impl Serialize) -> Vec<u8> {
    // Strings and numbers in maps with text for keys: there is nothing that JSON cannot hold.
    serde_json::to_vec(value).unwrap_or_default()
}

/// An error as it is read. The specification demands its code; where a peer forgot it, what else it says is worth
/// telling.
#[derive(Default)]
struct ReadError {
    code: Option<String>,
    message: Option<String>,
    details: Vec<Detail>,
}

impl ReadError {
    fn of(self, default: Status) -> IrisError {
        let status = self.code.and_then(|name| name.parse().ok());
        let message = self.message.unwrap_or_default();
        let error = ErrorDetail::into_error(self.details, status.unwrap_or(default), &message);
        match status {
            Some(_) => error.of_answer(),
            // A message alone may be a proxy's.
            None => error,
        }
    }
}

fn parse_error(values: &mut Values<'_>) -> Option<ReadError> {
    let mut error = ReadError::default();
    values.object(|name, values| {
        match name {
            "code" => error.code = values.string()?,
            "message" => error.message = values.string()?,
            "details" => values.list(|values| {
                error.details.extend(parse_detail(values)?);
                Some(())
            })?,
            _ => values.skip()?,
        }
        Some(())
    })?;
    Some(error)
}

/// A detail, where it is one.
fn parse_detail(values: &mut Values<'_>) -> Option<Option<Detail>> {
    let (mut type_name, mut value) = (None, None);
    if !values.is_object() {
        values.skip()?;
        return Some(None);
    }
    values.object(|name, values| {
        match name {
            "type" => type_name = values.string()?,
            "value" => value = values.string()?,
            _ => values.skip()?,
        }
        Some(())
    })?;
    let value = value.and_then(|value| base64::decode(value.as_bytes()));
    Some(
        type_name
            .zip(value)
            .map(|(type_name, value)| Detail::new(&type_name, value)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_unary_error_comes_back_whole() {
        let error = IrisError::new(0, "wrong \"password\"")
            .with_status(Status::Unauthenticated)
            .with_request_id("r-1");
        let back = parse_error_body(&error_body(&error), 401).unwrap();
        assert_eq!((back.code, back.status), (0, Status::Unauthenticated));
        assert_eq!(back.internal_message, "wrong \"password\"");
        assert_eq!(back.request_id(), Some("r-1"));
    }

    #[test]
    fn the_end_of_a_stream_carries_error_and_trailers() {
        let mut trailers = Metadata::new();
        trailers.append("x-cost", "3").unwrap();
        trailers.append("x-cost", "4").unwrap();
        let end = end_stream(Some(&IrisError::new(7, "no more")), &trailers);
        let back = parse_end_stream(&end).unwrap();
        assert_eq!(back.error.unwrap().code, 7);
        assert_eq!(
            back.trailers.get_all("x-cost").collect::<Vec<_>>(),
            ["3", "4"]
        );

        let end = parse_end_stream(&end_stream(None, &Metadata::new())).unwrap();
        assert!(end.error.is_none() && end.trailers.is_empty());
    }

    #[test]
    fn another_servers_error_is_900_with_its_status() {
        let body = br#"{"code":"not_found","message":"no such row"}"#;
        let error = parse_error_body(body, 404).unwrap();
        assert_eq!((error.code, error.status), (900, Status::NotFound));
        assert!(parse_error_body(b"<html>", 502).is_none());
        assert!(parse_error_body(b"{}", 502).is_none());
    }

    #[test]
    fn an_error_without_its_code_has_the_status_of_its_place() {
        let body = br#"{"code":16,"message":"who are you?"}"#;
        let error = parse_error_body(body, 401).unwrap();
        assert_eq!((error.code, error.status), (900, Status::Unauthenticated));
        assert_eq!(error.internal_message, "who are you?");

        let end = br#"{"error":{},"metadata":{"x-cost":["3"]}}"#;
        let end = parse_end_stream(end).unwrap();
        assert_eq!(end.error.unwrap().status, Status::Unknown);
        assert_eq!(end.trailers.get("x-cost"), Some("3"));
        assert!(parse_end_stream(br#"{"error":"oops"}"#).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_error_or_nothing(bytes: Vec<u8>) {
            let _ = parse_error_body(&bytes, 500);
            let _ = parse_end_stream(&bytes);
        }
    }
}
