//! A failed attempt at a call, and what its cause was in words.

#[cfg(feature = "native")]
mod heads;
#[cfg(feature = "native")]
mod native;
#[cfg(not(feature = "native"))]
mod web;

#[cfg(feature = "native")]
pub(crate) use heads::limit as head_limit;
#[cfg(feature = "native")]
pub(crate) use native::{cancelled, is_cancelled};
#[cfg(not(feature = "native"))]
pub(crate) use web::{cancelled, is_cancelled};

use crate::transport::LayerFailure;
use crate::{BoxError, IrisError, Metadata, Status, code};
#[cfg(feature = "native")]
use native as cause;
use std::error::Error;
use std::io;
#[cfg(not(feature = "native"))]
use web as cause;

/// A failed attempt, and whether another one makes sense.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: IrisError,
    pub(crate) retry: bool,
    /// Whether the connection failed before an answer began, so that one may come to another attempt that is on its way.
    #[cfg_attr(
        not(feature = "native"),
        expect(dead_code, reason = "browsers make one attempt at a time")
    )]
    pub(crate) unanswered: bool,
}

impl From<IrisError> for Fault {
    /// Not to be tried again.
    fn from(error: IrisError) -> Self {
        Fault {
            error,
            retry: false,
            unanswered: false,
        }
    }
}

impl Fault {
    /// An error that came as an answer. Only where it is `unavailable` and 900 is it tried again: from a proxy without a
    /// server behind it, or from a server that turned the call away. Any other code means that the procedure ran.
    pub(crate) fn answered(error: IrisError) -> Self {
        let turned_away = error.code == code::IRIS_COMMUNICATION_ERROR;
        let retry = turned_away && error.status == Status::Unavailable;
        Fault {
            retry,
            ..Fault::from(error)
        }
    }

    /// The request got no answer.
    pub(crate) fn unanswered(cause: BoxError, base: &str, http2: bool) -> Self {
        if let Some(error) = find::<IrisError>(&*cause) {
            return error.clone().into();
        }
        if let Some(failure) = find::<LayerFailure>(&*cause) {
            let text = format!("a layer of the client let the call to {base} fail: {failure}");
            return Fault::from(communication(Status::Unknown, text)).with_source(cause);
        }
        Fault {
            unanswered: true,
            ..cause::unanswered(cause, base, http2)
        }
    }

    fn with_source(self, cause: BoxError) -> Self {
        Fault {
            error: self.error.with_source(cause),
            ..self
        }
    }

    /// The same with what came beside the answer.
    pub(crate) fn with_answer(self, metadata: Metadata, trailers: Metadata) -> Self {
        Fault {
            error: self.error.with_answer(metadata, trailers),
            ..self
        }
    }
}

/// The answer broke off after it began.
pub(crate) fn broken_off(cause: BoxError, base: &str) -> IrisError {
    if let Some(error) = find::<IrisError>(&*cause) {
        return error.clone();
    }
    cause::broken_off(cause, base)
}

/// The first cause of a type. An `io::Error` hides what it wraps from `source`, so that is looked into.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = inner(error);
    }
    None
}

fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>()
        && let Some(wrapped) = error.get_ref()
    {
        return Some(wrapped);
    }
    #[cfg(feature = "native")]
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        return error.get_io().map(|error| error as _);
    }
    error.source()
}

fn communication(status: Status, message: String) -> IrisError {
    IrisError::communication(status, message)
}
