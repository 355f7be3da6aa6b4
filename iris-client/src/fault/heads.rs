//! Heads and trailers that are too large for one of the two ends, in words.

use super::{communication, find};
use crate::transport::HEAD_LIMIT;
use crate::{IrisError, Status};
use std::error::Error;

/// What ends a connection in the words of `h2`, which other servers have it tell as well: a head of over four times the
/// limit, or in too many pieces.
const FAR_TOO_LARGE: [&str; 2] = ["header_list_way_too_large", "too_many_continuations"];

/// What to do about a head that the server sent.
const LET_SERVER: &str = "let the server send less metadata, or send it in a message";

/// The error of a call that failed since a head or trailers were too large, as far as that is certain.
pub(super) fn too_large(cause: &(dyn Error + 'static), base: &str) -> Option<IrisError> {
    if find::<hyper::Error>(cause).is_some_and(is_parse_too_large) {
        let text = format!(
            "the head of the answer of {base} is larger than this client reads by HTTP/1.1, which is 100 headers and \
             408 KiB: {LET_SERVER}"
        );
        return Some(communication(Status::ResourceExhausted, text));
    }
    let error = find::<h2::Error>(cause).filter(|error| error.is_go_away())?;
    let shown = error.to_string();
    if !FAR_TOO_LARGE.iter().any(|words| shown.contains(words)) {
        return None;
    }
    let text = match error.is_remote() {
        true => format!(
            "{base} closed the connection, since the head of a request on it was too large: send less metadata, or send \
             it in a message"
        ),
        false => format!(
            "{base} sent a head or trailers that are far larger than this client reads by HTTP/2, which is {}, and ended \
             the connection so: {LET_SERVER}",
            limit()
        ),
    };
    Some(communication(Status::ResourceExhausted, text))
}

/// What hyper tells of by a method of this name to servers alone.
fn is_parse_too_large(error: &hyper::Error) -> bool {
    error.is_parse() && error.to_string().contains("too large")
}

/// The same of an answer whose head was refused by `h2`, which does not say why.
pub(super) fn refused(error: &h2::Error, reason: h2::Reason, base: &str) -> Option<IrisError> {
    let is_refused = error.is_library() && error.is_reset() && reason == h2::Reason::PROTOCOL_ERROR;
    is_refused.then(|| {
        let text = format!(
            "the head of the answer of {base} is larger than this client reads by HTTP/2, which is {}, or is none \
             ({reason:?}): {LET_SERVER}",
            limit()
        );
        communication(Status::Internal, text)
    })
}

/// The limit, for people.
pub(crate) fn limit() -> String {
    format!("{} KiB", HEAD_LIMIT / 1024)
}
