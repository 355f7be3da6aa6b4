//! Requests by HTTP as events of AWS Lambda's function URLs, and answers to those as HTTP: payload format 2.0
//! (<https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>).

use super::LARGEST;
use super::intake::{Intake, NotRead};
use super::streamed::Streamed;
use crate::daemon::event::Event;
use crate::daemon::gateway::invoke_api::trace;
use crate::daemon::gateway::{Source, hop, refusal};
use crate::error::UpError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use iris_core::{Body, IntoIrisError};
use serde_json::{Map, Value, json};

/// The event of a request.
pub(super) async fn event(request: Request<Body>) -> Result<Event, Response<Body>> {
    let (parts, body) = request.into_parts();
    // Whoever hands a request on says how much there is room for.
    let intake = parts.extensions.get::<Intake>().cloned();
    let intake = intake.unwrap_or_else(Intake::new);
    let (body, held) = match intake.read(body, LARGEST).await {
        Ok(read) => read,
        Err(NotRead::TooLarge) => {
            let why = format!("a function takes at most {LARGEST} bytes");
            return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, &why));
        }
        Err(NotRead::Full) => return Err(full()),
        Err(NotRead::BrokenOff) => {
            let why = "the request broke off";
            return Err(refusal(StatusCode::BAD_REQUEST, why));
        }
        Err(NotRead::Slow) => {
            let why = "the request did not come in time";
            return Err(refusal(StatusCode::REQUEST_TIMEOUT, why));
        }
    };
    let mut event = match Event::new(Bytes::new()) {
        Ok(event) => event,
        Err(failure) => {
            tracing::error!(%failure, "a request came to nothing");
            let why = "internal server error";
            return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, why));
        }
    };
    event.payload = described(&parts, &body, &event.id).to_string().into();
    if event.payload.len() > LARGEST {
        let why = format!("as an event the request has more than {LARGEST} bytes");
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, &why));
    }
    // With its headers, and written as JSON, it is larger than it was.
    drop((body, held));
    event.held = Some(intake.hold(event.payload.len()).map_err(|_| full())?);
    if let Some(trace) = trace(&parts.headers) {
        event.trace = trace;
    }
    Ok(event)
}

fn full() -> Response<Body> {
    let why = UpError::NoRoomForEvent.into_iris_error().internal_message;
    refusal(StatusCode::SERVICE_UNAVAILABLE, &why)
}

fn described(parts: &Parts, body: &[u8], id: &str) -> Value {
    let query = parts.uri.query().unwrap_or_default();
    let path = parts.uri.path();
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.host()).unwrap_or_default();
    let source = parts.extensions.get::<Source>();
    let now = jiff::Timestamp::now();
    let headers = headers(&parts.headers);
    let agent = headers.get("user-agent").cloned().unwrap_or(json!(""));
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "iris-up",
            "domainName": host,
            "domainPrefix": host.split('.').next(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", parts.version),
                "sourceIp": source.map(|source| source.0.to_string()).unwrap_or_default(),
                "userAgent": agent,
            },
            "requestId": id,
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = Value::Object(parameters(query));
    }
    if !body.is_empty() {
        let (text, encoded) = match std::str::from_utf8(body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (STANDARD.encode(body), true),
        };
        event["body"] = text.into();
        event["isBase64Encoded"] = encoded.into();
    }
    event
}

/// Several values of one name are one, with commas. Cookies are told by themselves.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut told = Map::new();
    for name in headers.keys().filter(|name| *name != COOKIE) {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        told.insert(name.to_string(), values.join(",").into());
    }
    told
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let cookies = values.flat_map(|value| value.split(';'));
    cookies.map(|cookie| cookie.trim().to_owned()).collect()
}

/// Several values of one name are one, with commas.
fn parameters(query: &str) -> Map<String, Value> {
    let mut told: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let joined = match told.get(&name).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        told.insert(name, joined.into());
    }
    told
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let bytes = percent_encoding::percent_decode_str(&spaced);
    bytes.decode_utf8_lossy().into_owned()
}

/// The answer that a function gave: an object with `statusCode` says all, anything else is a body in JSON.
pub(super) fn answer(payload: &[u8]) -> Response<Body> {
    let Ok(told) = serde_json::from_slice::<Value>(payload) else {
        let why = "the function answered what is no JSON";
        return refusal(StatusCode::BAD_GATEWAY, why);
    };
    match told.get("statusCode") {
        Some(status) => structured(status, &told).unwrap_or_else(|| {
            let why = "the function answered with a status, headers or a body that are none";
            refusal(StatusCode::BAD_GATEWAY, why)
        }),
        None => {
            let body = match &told {
                Value::String(text) => Bytes::from(text.clone()),
                _ => Bytes::copy_from_slice(payload),
            };
            let mut response = Response::new(Body::full(body));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
    }
}

/// The same of an answer that comes piece by piece.
pub(super) async fn stream(mut streamed: Streamed) -> Response<Body> {
    if !streamed.has_head {
        let mut response = Response::new(Body::new(streamed));
        let bytes = HeaderValue::from_static("application/octet-stream");
        response.headers_mut().insert(CONTENT_TYPE, bytes);
        return response;
    }
    let told = match streamed.head().await {
        Ok(told) => told,
        Err(error) => {
            let why = format!("the function answered with a head that is none: {error}");
            return refusal(StatusCode::BAD_GATEWAY, &why);
        }
    };
    // Without a status it is well.
    let ok = Value::from(200);
    let status = told.get("statusCode").unwrap_or(&ok);
    match with_head(status, &told, Body::new(streamed)) {
        Some(response) => response,
        None => {
            let why = "the function answered with a status or headers that are none";
            refusal(StatusCode::BAD_GATEWAY, why)
        }
    }
}

fn structured(status: &Value, told: &Value) -> Option<Response<Body>> {
    let body = match told.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) if told["isBase64Encoded"] == Value::Bool(true) => {
            STANDARD.decode(text).ok()?.into()
        }
        Some(Value::String(text)) => text.clone().into(),
        Some(other) => other.to_string().into(),
    };
    with_head(status, told, Body::full(body))
}

/// A response of this body, and of the rest that is told.
fn with_head(status: &Value, told: &Value, body: Body) -> Option<Response<Body>> {
    // Some libraries write it as text.
    let status = match status {
        Value::String(text) => text.parse().ok()?,
        number => u16::try_from(number.as_u64()?).ok()?,
    };
    let mut response = Response::new(body);
    // What is only the beginning of an answer is none.
    *response.status_mut() = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in told["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name).ok()?;
        let value = match value {
            Value::String(text) => HeaderValue::try_from(text),
            other => HeaderValue::try_from(other.to_string()),
        };
        headers.insert(name, value.ok()?);
    }
    // Whoever sends the body knows how long it is, and how it is sent.
    hop::clean(headers);
    headers.remove(CONTENT_LENGTH);
    for cookie in told["cookies"].as_array().into_iter().flatten() {
        headers.append(SET_COOKIE, HeaderValue::try_from(cookie.as_str()?).ok()?);
    }
    Some(response)
}

#[cfg(test)]
mod tests;
