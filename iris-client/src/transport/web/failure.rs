//! Why there is no answer, or not all of it.

use crate::Status;
use std::error::Error;
use std::fmt;

/// What a browser, or the other end of a socket, made of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    /// Whether another attempt may get an answer.
    pub(crate) retry: bool,
    /// Whether it may be how the server ended a call whose time was over.
    pub(crate) may_be_late: bool,
    /// Whether the server did not look at the call, for certain.
    pub(crate) unprocessed: bool,
    text: String,
}

impl Failure {
    /// The server was not reached, or not heard of any more; the next attempt may find it.
    pub(super) fn unavailable(text: impl Into<String>) -> Self {
        Failure {
            status: Status::Unavailable,
            retry: true,
            may_be_late: false,
            unprocessed: false,
            text: text.into(),
        }
    }

    /// The next attempt meets the same.
    pub(super) fn lasting(status: Status, text: impl Into<String>) -> Self {
        Failure {
            status,
            retry: false,
            may_be_late: false,
            unprocessed: false,
            text: text.into(),
        }
    }

    /// The server did not look at the call, for certain.
    pub(super) fn unprocessed(text: impl Into<String>) -> Self {
        Failure {
            unprocessed: true,
            ..Failure::unavailable(text)
        }
    }

    /// The same, which may be how the server ended a call whose time was over.
    pub(super) fn or_late(self) -> Self {
        Failure {
            may_be_late: true,
            ..self
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Failure {}
