//! How a function is invoked, and with what.

use super::Operation;
use super::refusal::Refusal;
use crate::daemon::lambda::intake::{Held, Intake, NotRead};
use crate::error::UpError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use iris_core::Body;

/// The most bytes of an event: 6 MiB.
pub(super) const LARGEST: usize = 6 * 1024 * 1024;

/// The most bytes in base64 of what a caller's program says of itself.
const LONGEST_CONTEXT: usize = 3_583;

/// The longest trace that is believed, in bytes.
const LONGEST_TRACE: usize = 256;

/// How a caller wants to hear of what comes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Waits for it.
    RequestResponse,
    /// Not at all.
    Event,
    /// Only whether it would be taken.
    DryRun,
}

/// What the headers say.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) kind: Kind,
    /// Whether the end of the log is wanted.
    pub(super) tail: bool,
    pub(super) client_context: Option<String>,
}

impl Asked {
    pub(super) fn of(operation: Operation, headers: &HeaderMap) -> Result<Asked, Refusal> {
        if headers.contains_key("x-amz-tenant-id") {
            let why = "X-Amz-Tenant-Id: processes are not kept apart by tenants here";
            return Err(Refusal::wrong(why));
        }
        Ok(Asked {
            kind: kind(operation, headers)?,
            tail: tail(headers)?,
            client_context: client_context(headers)?,
        })
    }
}

fn kind(operation: Operation, headers: &HeaderMap) -> Result<Kind, Refusal> {
    let named = headers.get("x-amz-invocation-type");
    match (named.map(HeaderValue::as_bytes), operation) {
        (None | Some(b"RequestResponse"), _) => Ok(Kind::RequestResponse),
        (Some(b"DryRun"), _) => Ok(Kind::DryRun),
        (Some(b"Event"), Operation::Invoke) => Ok(Kind::Event),
        (Some(_), Operation::Invoke) => {
            let why = "X-Amz-Invocation-Type is RequestResponse, Event or DryRun";
            Err(Refusal::wrong(why))
        }
        (Some(_), Operation::InvokeWithResponseStream) => {
            let why = "X-Amz-Invocation-Type is RequestResponse or DryRun";
            Err(Refusal::wrong(why))
        }
    }
}

fn tail(headers: &HeaderMap) -> Result<bool, Refusal> {
    match headers.get("x-amz-log-type").map(HeaderValue::as_bytes) {
        None | Some(b"None") => Ok(false),
        Some(b"Tail") => Ok(true),
        Some(_) => Err(Refusal::wrong("X-Amz-Log-Type is None or Tail")),
    }
}

/// What a caller's program says of itself: JSON in base64.
fn client_context(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(context) = headers.get("x-amz-client-context") else {
        return Ok(None);
    };
    if context.len() > LONGEST_CONTEXT {
        let why = format!("X-Amz-Client-Context has more than {LONGEST_CONTEXT} bytes");
        return Err(Refusal::invalid(&why));
    }
    let decoded = STANDARD.decode(context.as_bytes()).ok();
    let text = decoded.and_then(|decoded| String::from_utf8(decoded).ok());
    // A header's value has one line.
    let line = text.map(|text| text.replace(['\r', '\n'], " "));
    line.map(Some)
        .ok_or_else(|| Refusal::invalid("X-Amz-Client-Context is no text in base64"))
}

/// The trace that a caller's program follows, where it looks like one (X-Ray, "Tracing header").
pub(crate) fn trace(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("x-amzn-trace-id")?.to_str().ok()?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-=;:_".contains(&byte);
    let is_one = text.len() <= LONGEST_TRACE && text.bytes().all(known);
    let names_one = text.split(';').any(|part| part.starts_with("Root=1-"));
    (is_one && names_one).then(|| text.to_owned())
}

/// The event, which is JSON. None at all is an empty object.
pub(super) async fn payload(intake: &Intake, body: Body) -> Result<(Bytes, Held), Refusal> {
    let (payload, held) = match intake.read(body, LARGEST).await {
        Ok(read) => read,
        Err(NotRead::TooLarge) => return Err(Refusal::too_large()),
        Err(NotRead::Full) => return Err(UpError::NoRoomForEvent.into()),
        Err(NotRead::BrokenOff) => return Err(Refusal::invalid("the request broke off")),
        Err(NotRead::Slow) => return Err(Refusal::slow()),
    };
    if payload.is_empty() {
        return Ok((Bytes::from_static(b"{}"), held));
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(&payload) {
        Ok(_) => Ok((payload, held)),
        Err(error) => Err(Refusal::invalid(&format!("the event is no JSON: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_believed_where_it_is_one() {
        let told = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-amzn-trace-id", HeaderValue::from_static(text));
            trace(&headers)
        };
        let whole = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        assert_eq!(told(whole).as_deref(), Some(whole));
        for wrong in [
            "",
            "Sampled=1",
            "Root=2-1",
            "Root=1-a b",
            "Root=1-a,Root=1-b",
        ] {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }
}
