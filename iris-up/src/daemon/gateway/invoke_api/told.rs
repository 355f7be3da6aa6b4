//! What came of an event, in one piece.

use super::refusal::Refusal;
use crate::daemon::lambda::Invoked;
use crate::daemon::process::tail::Tail;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use iris_core::Body;

/// What a function answered, or its error: as it said it, byte for byte.
pub(super) async fn whole(invoked: Invoked, tail: Option<Tail>) -> Result<Response<Body>, Refusal> {
    let (id, version) = (invoked.request_id.clone(), invoked.version);
    let (body, failed) = match invoked.whole_or_raised().await? {
        Ok(answer) => (answer, false),
        Err(raised) => (raised.document, true),
    };
    let mut response = Response::new(Body::full(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if failed {
        // There is no other kind for functions that bring their own runtime.
        let kind = HeaderValue::from_static(UNHANDLED);
        headers.insert("x-amz-function-error", kind);
    }
    headers.insert("x-amz-executed-version", version.into());
    if let Some(log) = log(tail, &id, version).await
        && let Ok(log) = HeaderValue::try_from(log)
    {
        headers.insert("x-amz-log-result", log);
    }
    Ok(response)
}

/// What every error of a function's is called.
pub(super) const UNHANDLED: &str = "Unhandled";

/// The end of its log in base64, where that is wanted.
pub(super) async fn log(tail: Option<Tail>, id: &str, version: u64) -> Option<String> {
    let text = tail?.text(id, version).await;
    Some(STANDARD.encode(text))
}
