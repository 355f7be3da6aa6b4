//! What a browser says went wrong, in words.

use super::{Fault, communication, find};
use crate::transport::Failure;
use crate::unprocessed::Unprocessed;
use crate::{BoxError, IrisError, Status};

/// The request got no answer.
pub(super) fn unanswered(cause: BoxError, base: &str, _http2: bool) -> Fault {
    let (status, retry, why) = match find::<Failure>(&*cause) {
        Some(failure) => (failure.status, failure.retry, failure.to_string()),
        None => (Status::Unavailable, false, cause.to_string()),
    };
    let error = communication(status, format!("no answer of {base}: {why}"));
    Fault {
        retry,
        ..Fault::from(error)
    }
    .with_source(Unprocessed::mark(cause))
}

/// The answer broke off after it began.
pub(super) fn broken_off(cause: BoxError, base: &str) -> IrisError {
    let status = find::<Failure>(&*cause).map_or(Status::Unavailable, |failure| failure.status);
    let text = format!("the answer of {base} broke off: {cause}");
    communication(status, text).with_source(cause)
}

/// What ends a request whose caller has gone.
pub(crate) fn cancelled() -> BoxError {
    communication(Status::Canceled, "the caller has gone".to_owned()).into()
}

/// Whether the server ended the stream because the call is over for it, as far as a browser can tell.
pub(crate) fn is_cancelled(error: &IrisError) -> bool {
    find::<Failure>(error).is_some_and(|failure| failure.may_be_late)
}
