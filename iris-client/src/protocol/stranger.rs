//! Answers of something that is no Iris server.

use super::answer::{content_type, next_data};
use crate::{Body, IrisError, Status};
use http::StatusCode;
use http::response::Parts;

/// How much of the answer the message shows, in characters.
const SHOWN: usize = 100;

/// The same of an answer that is no text, in bytes.
const SHOWN_BYTES: usize = 16;

/// What answered, and how, so that a wrong address or a proxy between is recognised at a glance.
pub(super) async fn error(parts: &Parts, mut body: Body, base: &str) -> IrisError {
    let mut bytes = Vec::new();
    // A character has at most four bytes; the rest of a long page is not read.
    while bytes.len() < 4 * SHOWN {
        match next_data(&mut body).await {
            Some(Ok(data)) => bytes.extend_from_slice(&data),
            Some(Err(_)) if bytes.is_empty() => {
                return described(parts, "and broke off before its first byte", base);
            }
            Some(Err(_)) | None => break,
        }
    }
    from_bytes(parts, &bytes, base)
}

/// The same, where the body is already there.
pub(super) fn from_bytes(parts: &Parts, body: &[u8], base: &str) -> IrisError {
    described(parts, &beginning(body), base)
}

fn described(parts: &Parts, body: &str, base: &str) -> IrisError {
    let status = parts.status.as_u16();
    if parts.status == StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE {
        return IrisError::communication(
            Status::from_http(status),
            format!(
                "{base}, or what stands between, takes no request with so large a head (HTTP status {status}): send less \
                 metadata, cookies included, or send it in a message"
            ),
        );
    }
    let kind = match content_type(&parts.headers) {
        none if none.is_empty() => "no content type".to_owned(),
        some => format!("content type `{some}`"),
    };
    let canonical = match status {
        200 => Status::Unknown,
        other => Status::from_http(other),
    };
    IrisError::communication(
        canonical,
        format!(
            "{base} did not answer as an Iris server would: check the URL and what stands between. \
             The answer has HTTP status {status}, {kind} {body}"
        ),
    )
}

/// How a body begins, in one line of printable characters.
fn beginning(body: &[u8]) -> String {
    if body.is_empty() {
        return "and is empty".to_owned();
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * SHOWN)]);
    let text: Vec<char> = text.trim().chars().take(SHOWN).collect();
    if text.is_empty() {
        return "and is blank".to_owned();
    }
    // A page in another encoding has an odd character here and there; compressed or binary data has many.
    let odd = text.iter().filter(|char| is_odd(**char)).count();
    if odd * 4 > text.len() {
        let shown = body.iter().take(SHOWN_BYTES);
        let shown: String = shown.map(|byte| format!(" {byte:02x}")).collect();
        return format!("and begins with bytes that are no text:{shown}");
    }
    let mut shown = "and begins: ".to_owned();
    for char in text {
        match char {
            space if space.is_whitespace() => shown.push(' '),
            control if control.is_control() => shown.extend(control.escape_default()),
            other => shown.push(other),
        }
    }
    shown
}

/// Whether a character is rare in text: a control character, or the mark of bytes that are no UTF-8.
fn is_odd(char: char) -> bool {
    char == char::REPLACEMENT_CHARACTER || char.is_control() && !char.is_whitespace()
}
