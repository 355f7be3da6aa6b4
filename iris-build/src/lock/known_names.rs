//! Names in the lock that the sources alone do not settle.
//!
//! Two remotes called `Users` cannot both be `users()` in the client: who came first keeps the name, and only the lock
//! knows who that was.

use super::live::{Live, Payload};
use super::{LockError, text};

/// Names in the lock that the sources alone do not settle.
#[derive(Debug, Default)]
pub(crate) struct KnownNames(Live);

/// One direction of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Response,
}

impl KnownNames {
    /// The names in the text of `iris.lock`.
    ///
    /// # Errors
    ///
    /// The text cannot be read.
    pub(crate) fn of(text: &str) -> Result<Self, LockError> {
        Ok(KnownNames(text::read(text)?.live))
    }

    /// What the client calls the remote of this full name.
    pub(crate) fn client_name(&self, remote: &str) -> Option<&str> {
        self.0.client_names.get(remote).map(String::as_str)
    }

    /// What callers in JavaScript call a message or an enum, where it is not what its own name gives.
    pub(crate) fn javascript_name(&self, full_name: &str) -> Option<&str> {
        self.0.javascript_names.get(full_name).map(String::as_str)
    }

    /// Whether callers know a message or an enum.
    pub(crate) fn has_type(&self, full_name: &str) -> bool {
        self.0.messages.contains_key(full_name) || self.0.enums.contains_key(full_name)
    }

    /// The message of a procedure, taken or not.
    pub(crate) fn message(&self, remote: &str, procedure: &str, side: Side) -> Option<&str> {
        let procedure = self.0.remotes.get(remote)?.get(procedure)?;
        let Payload { message, .. } = match side {
            Side::Request => &procedure.request,
            Side::Response => &procedure.response,
        };
        Some(message)
    }
}

impl Side {
    /// The end of the name of a message that nobody wrote.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Side::Request => "Request",
            Side::Response => "Response",
        }
    }
}
