//! The request that an event tells of.

use super::body::Body;
use super::event::{Format, Known, read};
use super::gateway::{Gateway, GatewayKind};
use super::text;
use crate::failure::Failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{COOKIE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use std::fmt::Display;
use std::sync::Arc;

/// The stage of those that have none.
const NO_STAGE: &str = "$default";

/// The request of an event, and the format of the answer.
pub(super) fn of(json: &[u8]) -> Result<(Request<Body>, Format), Failure> {
    let mut known = read(json)?;
    let format = known.format;
    let uri = uri(&mut known);
    let headers = headers(&mut known)?;
    let body = body(&mut known)?;
    let mut request = Request::new(Body::whole(body));
    let method = Method::try_from(known.method.as_str());
    *request.method_mut() = method.map_err(|error| bad("its method", error))?;
    *request.uri_mut() = Uri::try_from(uri).map_err(|error| bad("its path", error))?;
    *request.headers_mut() = headers;
    request.extensions_mut().insert(gateway(known));
    Ok((request, format))
}

fn bad(what: &str, error: impl Display) -> Failure {
    let message = format!("the event is no request by HTTP: {what}: {error}");
    Failure::new("Runtime.UnmarshalError", message)
}

fn uri(known: &mut Known) -> String {
    let stage = known.context.stage.as_deref();
    let stage = stage.filter(|stage| *stage != NO_STAGE && known.has_stage_in_path());
    let path = text::path(&known.path, stage);
    match text::query(known.query()) {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}

fn headers(known: &mut Known) -> Result<HeaderMap, Failure> {
    let event = &mut known.event;
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &str| {
        let name = HeaderName::try_from(name).map_err(|error| bad("a header's name", error))?;
        let value = HeaderValue::try_from(value);
        let value = value.map_err(|error| bad(name.as_str(), error))?;
        headers.append(name, value);
        Ok(())
    };
    match event.multi_value_headers.take() {
        Some(pairs) => {
            for (name, values) in &pairs.0 {
                for value in values {
                    add(name, value)?;
                }
            }
        }
        None => {
            for (name, value) in &event.headers.take().unwrap_or_default().0 {
                add(name, value.as_deref().unwrap_or_default())?;
            }
        }
    }
    if let Some(cookies) = event.cookies.take().filter(|cookies| !cookies.is_empty()) {
        add(COOKIE.as_str(), &cookies.join("; "))?;
    }
    // The body is all here.
    headers.remove(TRANSFER_ENCODING);
    Ok(headers)
}

fn body(known: &mut Known) -> Result<Bytes, Failure> {
    let Some(body) = known.event.body.take() else {
        return Ok(Bytes::new());
    };
    match known.event.is_base64_encoded {
        Some(true) => {
            let decoded = STANDARD.decode(body);
            Ok(decoded.map_err(|error| bad("its body", error))?.into())
        }
        _ => Ok(body.into()),
    }
}

fn gateway(known: Known) -> Gateway {
    let kind = match known.format {
        Format::Two => GatewayKind::Http,
        Format::One => GatewayKind::Rest,
        Format::LoadBalancer { .. } => GatewayKind::LoadBalancer,
    };
    let source = known.source_ip().and_then(|address| address.parse().ok());
    Gateway {
        kind,
        source,
        stage: known.context.stage.filter(|stage| stage != NO_STAGE),
        context: Arc::from(known.raw_context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// An event of any format, with anything in it.
    fn event() -> impl Strategy<Value = Value> {
        let text = || any::<String>();
        let pairs = || prop::collection::btree_map(text(), text(), 0..3);
        let lists =
            || prop::collection::btree_map(text(), prop::collection::vec(text(), 0..3), 0..3);
        let parts = (
            0..3_usize,
            text(),
            text(),
            text(),
            pairs(),
            pairs(),
            lists(),
            any::<bool>(),
        );
        parts.prop_map(
            |(format, method, path, text, query, headers, listed, encoded)| {
                let told = json!({
                    "version": "2.0", "rawPath": path, "path": path, "httpMethod": method,
                    "headers": headers, "queryStringParameters": query, "cookies": [text],
                    "body": text, "isBase64Encoded": encoded,
                    "requestContext": { "stage": text, "http": { "method": method } },
                });
                let Value::Object(mut told) = told else {
                    unreachable!()
                };
                match format {
                    0 => drop(told.insert("rawQueryString".to_owned(), json!(text))),
                    1 => drop(told.insert("requestContext".to_owned(), json!({ "stage": text }))),
                    _ => {
                        told.insert("requestContext".to_owned(), json!({ "elb": {} }));
                        told.insert("multiValueHeaders".to_owned(), json!(listed));
                        told.insert("multiValueQueryStringParameters".to_owned(), json!(listed));
                    }
                }
                Value::Object(told)
            },
        )
    }

    proptest! {
        #[test]
        fn whatever_an_event_says_it_is_a_request_or_refused(event in event()) {
            let _ = of(event.to_string().as_bytes());
        }

        #[test]
        fn whatever_a_path_and_a_query_are_they_make_a_uri(path in any::<String>(), query in any::<String>()) {
            let event = json!({
                "rawPath": path, "rawQueryString": query,
                "requestContext": { "http": { "method": "GET" } },
            });
            let (request, _) = of(event.to_string().as_bytes()).unwrap();
            let decoded = percent_encoding::percent_decode_str(request.uri().path());
            let expected = percent_encoding::percent_decode_str(&path).collect::<Vec<u8>>();
            let decoded: Vec<u8> = decoded.collect();
            // One that does not begin with a slash is given one.
            prop_assert!(decoded == expected || decoded[1..] == expected[..]);
        }

        #[test]
        fn whatever_bytes_are_no_event_are_refused(bytes in any::<Vec<u8>>()) {
            prop_assert!(of(&bytes).is_err());
        }
    }
}
