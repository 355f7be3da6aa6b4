//! What a call came to, in whatever words a client tells it.

use serde_json::{Value, json};
use std::fmt;

/// What a call came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The message, as JSON.
    Message(Value),
    /// The canonical status, its message, and what `iris.v1.ErrorDetail` holds.
    Failed {
        status: String,
        message: String,
        detail: Value,
    },
}

impl Answer {
    /// The failure that a code of Iris or of the quickstart makes.
    pub(crate) fn failed(status: &str, code: i32, message: &str) -> Self {
        Answer::Failed {
            status: status.to_owned(),
            message: message.to_owned(),
            detail: json!({ "code": code, "internalMessage": message }),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Message(message) => write!(formatter, "{message}"),
            Answer::Failed {
                status,
                message,
                detail,
            } => write!(formatter, "{status}: {message} {detail}"),
        }
    }
}
