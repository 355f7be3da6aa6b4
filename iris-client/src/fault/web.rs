//! What a browser says went wrong, in words.

use super::{Fault, communication};
use crate::{BoxError, IrisError, Status};

/// The request got no answer.
pub(super) fn unanswered(cause: BoxError, base: &str, _http2: bool) -> Fault {
    let error = communication(Status::Unavailable, format!("cannot reach {base}: {cause}"));
    Fault::from(error).with_source(cause)
}

/// The answer broke off after it began.
pub(super) fn broken_off(cause: BoxError, base: &str) -> IrisError {
    let text = format!("the answer of {base} broke off: {cause}");
    communication(Status::Unavailable, text).with_source(cause)
}

/// What ends a request whose caller has gone.
pub(crate) fn cancelled() -> BoxError {
    communication(Status::Canceled, "the caller has gone".to_owned()).into()
}

/// Whether the server ended the stream because the call is over for it.
pub(crate) fn is_cancelled(_error: &IrisError) -> bool {
    false
}
