//! Answers of something that is no Iris server.

use super::answer::{content_type, next_data};
use crate::{Body, IrisError, Status};
use http::response::Parts;

/// How much of the answer the message shows, in characters.
const SHOWN: usize = 100;

/// What answered, and how, so that a wrong address or a proxy between is recognised at a glance.
pub(super) async fn error(parts: &Parts, mut body: Body, base: &str) -> IrisError {
    let mut bytes = Vec::new();
    // A character has at most four bytes; the rest of a long page is not read.
    while bytes.len() < 4 * SHOWN {
        match next_data(&mut body).await {
            Some(Ok(data)) => bytes.extend_from_slice(&data),
            Some(Err(_)) | None => break,
        }
    }
    from_bytes(parts, &bytes, base)
}

/// The same, where the body is already there.
pub(super) fn from_bytes(parts: &Parts, body: &[u8], base: &str) -> IrisError {
    let status = parts.status.as_u16();
    let text: String = String::from_utf8_lossy(&body[..body.len().min(4 * SHOWN)])
        .chars()
        .take(SHOWN)
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    let kind = match content_type(&parts.headers) {
        none if none.is_empty() => "no content type".to_owned(),
        some => format!("content type `{some}`"),
    };
    let begins = match text.trim() {
        "" => "and is empty".to_owned(),
        text => format!("and begins: {text}"),
    };
    let canonical = match status {
        200 => Status::Unknown,
        other => Status::from_http(other),
    };
    IrisError::communication(
        canonical,
        format!(
            "{base} did not answer as an Iris server would: check the URL and what stands between. \
             The answer has HTTP status {status}, {kind} {begins}"
        ),
    )
}
