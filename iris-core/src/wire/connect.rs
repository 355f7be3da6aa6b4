//! The JSON that Connect puts around failures: the body of a unary error, and the envelope that ends a stream.

use super::base64;
use crate::error::ErrorDetail;
use crate::{IrisError, Metadata, Status};
use serde_json::{Map, Value, json};

/// The content type of an error body, whatever format the call had.
pub const JSON: &str = "application/json";

/// The body of a unary error (Connect protocol, "Error End-Stream" and "Unary-Response").
pub fn error_body(error: &IrisError) -> Vec<u8> {
    error_value(error).to_string().into_bytes()
}

/// The payload of the envelope that ends a stream.
pub fn end_stream(error: Option<&IrisError>, trailers: &Metadata) -> Vec<u8> {
    let mut end = Map::new();
    if let Some(error) = error {
        end.insert("error".to_owned(), error_value(error));
    }
    if !trailers.is_empty() {
        let mut metadata: Map<String, Value> = Map::new();
        for (name, value) in trailers.headers() {
            let value = Value::from(String::from_utf8_lossy(value.as_bytes()));
            match metadata.get_mut(name.as_str()) {
                Some(Value::Array(values)) => values.push(value),
                _ => {
                    metadata.insert(name.as_str().to_owned(), Value::Array(vec![value]));
                }
            }
        }
        end.insert("metadata".to_owned(), Value::Object(metadata));
    }
    Value::Object(end).to_string().into_bytes()
}

/// Reads the body of a unary error. `None` where it is no such body.
pub fn parse_error_body(body: &[u8], http_status: u16) -> Option<IrisError> {
    let value: Value = serde_json::from_slice(body).ok()?;
    parse_error(&value, Status::from_http(http_status))
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
    let value: Value = serde_json::from_slice(payload).ok()?;
    let object = value.as_object()?;
    let error = match object.get("error") {
        None | Some(Value::Null) => None,
        Some(error) => Some(parse_error(error, Status::Unknown)?),
    };
    let mut trailers = Metadata::new();
    for (name, values) in object
        .get("metadata")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        for value in values
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            // A peer's odd header is passed over, as an HTTP stack would.
            let _ = trailers.append_received(name, value);
        }
    }
    Some(EndStream { error, trailers })
}

fn error_value(error: &IrisError) -> Value {
    let detail = ErrorDetail::from_error(error);
    let mut debug = json!({ "code": error.code, "internalMessage": error.internal_message });
    if let Some(id) = error.request_id() {
        debug["requestId"] = id.into();
    }
    json!({
        "code": error.status.as_str(),
        "message": error.internal_message,
        "details": [{
            "type": ErrorDetail::FULL_NAME,
            "value": base64::encode(&detail.to_bytes()),
            "debug": debug,
        }],
    })
}

fn parse_error(value: &Value, default: Status) -> Option<IrisError> {
    let object = value.as_object()?;
    let status = match object.get("code").and_then(Value::as_str) {
        Some(name) => name.parse().unwrap_or(default),
        None => return None,
    };
    let message = object
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let detail = object
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find_map(|detail| {
            let is_ours =
                detail.get("type").and_then(Value::as_str) == Some(ErrorDetail::FULL_NAME);
            let value = detail
                .get("value")
                .and_then(Value::as_str)
                .filter(|_| is_ours)?;
            base64::decode(value.as_bytes())
        });
    Some(ErrorDetail::into_error(detail.as_deref(), status, message))
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

    proptest! {
        #[test]
        fn any_bytes_are_an_error_or_nothing(bytes: Vec<u8>) {
            let _ = parse_error_body(&bytes, 500);
            let _ = parse_end_stream(&bytes);
        }
    }
}
