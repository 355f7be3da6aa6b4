//! What can go wrong, as callers see it.

use crate::daemon::Failure;
use crate::hash::InvalidHash;
use crate::name::InvalidName;
use iris_core::ErrorCodes;

/// The numbers are part of the contract: `iris.lock` keeps them.
#[derive(Debug, ErrorCodes)]
pub enum UpError {
    /// There is no such app.
    #[code(number = 0, status = "not_found", message = "there is no app {0:?}")]
    UnknownApp(String),
    /// An app's name has 1 to 63 characters of a-z, 0-9 and -, the first of which is no -.
    #[code(number = 1, status = "invalid_argument", message = "{0}")]
    InvalidName(InvalidName),
    /// An app is a daemon or a lambda.
    #[code(number = 2, status = "invalid_argument")]
    InvalidKind,
    /// A SHA-256 is written in 64 hexadecimal digits.
    #[code(number = 3, status = "invalid_argument", message = "{0}")]
    InvalidHash(InvalidHash),
    /// The artifact is not there, or not all of it.
    #[code(
        number = 4,
        status = "failed_precondition",
        message = "the artifact {0} is not here, or not all of it: upload it first"
    )]
    UnknownArtifact(String),
    /// The first part of an upload says where it begins.
    #[code(
        number = 5,
        status = "failed_precondition",
        message = "{0} bytes are here: go on behind them"
    )]
    WrongOffset(u64),
    /// What came is not what was announced. It is thrown away.
    #[code(
        number = 6,
        status = "data_loss",
        message = "what came has the SHA-256 {0}: send it again from the start"
    )]
    WrongHash(String),
    /// A new version that does not get ready takes nothing over: the one before goes on.
    #[code(
        number = 7,
        status = "failed_precondition",
        message = "it did not start: {0}"
    )]
    NotStarted(String),
    /// An upload has at least one part.
    #[code(number = 8, status = "invalid_argument")]
    NothingSent,
    /// Somebody killed the app. It runs once it is started.
    #[code(
        number = 9,
        status = "unavailable",
        message = "the app {0} was killed: start it"
    )]
    Killed(String),
    /// There is no such version of the app.
    #[code(
        number = 10,
        status = "not_found",
        message = "the app {0} has no such version, or none before the current one"
    )]
    UnknownVersion(String),
    /// A daemon is asked by HTTP, and takes no events.
    #[code(
        number = 11,
        status = "failed_precondition",
        message = "the app {0} is no lambda: it is called by HTTP, at /{0}/"
    )]
    NoLambda(String),
    /// An event has at most 6 MiB.
    #[code(
        number = 12,
        status = "invalid_argument",
        message = "the event has {0} bytes, more than 6 MiB"
    )]
    EventTooLarge(usize),
    /// No function has seen the event.
    #[code(number = 13, status = "unavailable", message = "{0}")]
    NotInvoked(String),
    /// Settings that make no sense.
    #[code(
        number = 30,
        status = "invalid_argument",
        message = "the settings make no sense: {0}"
    )]
    InvalidSettings(String),
    /// The disk or the registry failed. Callers get 902, the log gets the cause.
    #[code(internal)]
    Failure(Failure),
}

impl From<InvalidName> for UpError {
    fn from(error: InvalidName) -> Self {
        UpError::InvalidName(error)
    }
}

impl From<InvalidHash> for UpError {
    fn from(error: InvalidHash) -> Self {
        UpError::InvalidHash(error)
    }
}
