//! What callers are told of an error, and what goes to the log instead.

use crate::IrisError;
use crate::guard::panic_message;
use crate::request::Request;
use std::error::Error;
use std::panic::AssertUnwindSafe;

/// What the caller of this request is told.
pub(crate) fn disclosed_to(error: IrisError, request: &Request, plain: bool) -> IrisError {
    let error = disclosed(error, request.path(), || request.id().to_owned());
    request.set_failure(error.code, error.status);
    match plain {
        true => error.status_only(),
        false => error,
    }
}

/// What a caller is told. What it is not told goes to the log, under an id that it gets.
pub(crate) fn disclosed(error: IrisError, path: &str, id: impl FnOnce() -> String) -> IrisError {
    let mut error = error.for_caller();
    let source = error.take_source();
    // Showing and dropping it is code of the user's, which may panic.
    let cause = AssertUnwindSafe(|| {
        let cause = Causes(source.as_deref().map(|source| source as _)).to_string();
        drop(source);
        cause
    });
    let cause = std::panic::catch_unwind(cause).unwrap_or_else(panic_message);
    if !error.is_withheld() {
        tracing::debug!(path, code = error.code, status = %error.status, cause, "{}", error.internal_message);
        return error;
    }
    let request_id = id();
    tracing::error!(path, request_id, cause, "{}", error.internal_message);
    error.with_request_id(request_id)
}

/// An error's sources, from the nearest to the root.
struct Causes<'a>(Option<&'a (dyn Error + 'static)>);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut next = self.0;
        while let Some(cause) = next {
            write!(formatter, "{cause}")?;
            next = cause.source();
            if next.is_some() {
                formatter.write_str(": ")?;
            }
        }
        Ok(())
    }
}

/// A caller's text for messages: what cannot be printed is escaped, and no more than a line of it shown.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect()
}
