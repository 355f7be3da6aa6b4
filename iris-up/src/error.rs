//! What can go wrong, as callers see it.

use crate::daemon::{Failure, Short};
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
    /// Whoever calls from elsewhere says who they are.
    #[code(
        number = 14,
        status = "unauthenticated",
        message = "sign in: with a password, a token, or at the daemon's Unix socket"
    )]
    NotSignedIn,
    /// The password or the token is not right, or there is no such user.
    #[code(
        number = 15,
        status = "unauthenticated",
        message = "the password or the token is not right"
    )]
    WrongCredentials,
    /// Too many passwords or tokens were wrong.
    #[code(
        number = 16,
        status = "resource_exhausted",
        message = "too many wrong passwords or tokens came from there: wait a minute"
    )]
    TooManyAttempts,
    /// The token is for something else.
    #[code(
        number = 17,
        status = "permission_denied",
        message = "the token is not for this: it lacks {0}"
    )]
    NotAllowed(String),
    /// The token is for other apps.
    #[code(
        number = 18,
        status = "permission_denied",
        message = "the token is not for the app {0}"
    )]
    OtherApp(String),
    /// A user's name has 1 to 64 characters, none of which is a colon or a control character.
    #[code(
        number = 19,
        status = "invalid_argument",
        message = "{0:?} is no name for a user: names have 1 to 64 characters, and no colon"
    )]
    InvalidUser(String),
    /// A password has 8 to 1024 bytes.
    #[code(
        number = 20,
        status = "invalid_argument",
        message = "a password has 8 to 1024 bytes"
    )]
    InvalidPassword,
    /// Hashes are those of bcrypt and argon2.
    #[code(
        number = 21,
        status = "invalid_argument",
        message = "that is no hash of bcrypt ($2b$..) or argon2 ($argon2id$..)"
    )]
    InvalidPasswordHash,
    /// There is no such user.
    #[code(number = 22, status = "not_found", message = "there is no user {0:?}")]
    UnknownUser(String),
    /// There is no such token.
    #[code(number = 23, status = "not_found", message = "there is no token {0:?}")]
    UnknownToken(String),
    /// A token has scopes that there are. One for some apps cannot administer.
    #[code(
        number = 24,
        status = "invalid_argument",
        message = "a token has one scope at least, and one for some apps cannot administer"
    )]
    InvalidScopes,
    /// A token's name has at most 100 bytes.
    #[code(
        number = 25,
        status = "invalid_argument",
        message = "a token's name has at most 100 bytes"
    )]
    InvalidTokenName,
    /// A lifetime is a second at least.
    #[code(
        number = 26,
        status = "invalid_argument",
        message = "a token is good for a second at least"
    )]
    InvalidLifetime,
    /// Some settings make no sense.
    #[code(number = 27, status = "invalid_argument", message = "{0}")]
    InvalidSettings(String),
    /// Its first version is not ready yet.
    #[code(
        number = 28,
        status = "unavailable",
        message = "the app {0} is being pushed for the first time: it is not ready yet"
    )]
    NotYet(String),
    /// As many events wait for the app as may.
    #[code(
        number = 29,
        status = "resource_exhausted",
        message = "10,000 events or 1 GiB of them wait for the app {0}, or are dead: no more are taken"
    )]
    TooManyEvents(String),
    /// There is no such event: it is done, or it was discarded.
    #[code(number = 30, status = "not_found", message = "there is no event {0:?}")]
    UnknownEvent(String),
    /// No version of the app is tried.
    #[code(
        number = 31,
        status = "failed_precondition",
        message = "no version of the app {0} is tried: push one with --traffic"
    )]
    NothingTried(String),
    /// The function has the event right now. It is done when the function has answered.
    #[code(
        number = 40,
        status = "failed_precondition",
        message = "the event {0} is on its way to the function: wait until it has answered"
    )]
    EventRuns(String),
    /// An artifact has at most so many bytes.
    #[code(
        number = 41,
        status = "resource_exhausted",
        message = "an artifact has at most {0} bytes: the daemon takes more with serve --max-upload"
    )]
    ArtifactTooLarge(u64),
    /// The disk is as good as full.
    #[code(number = 42, status = "resource_exhausted", message = "{0}")]
    NoRoom(Short),
    /// What callers send to functions takes all the room that there is for it.
    #[code(
        number = 43,
        status = "resource_exhausted",
        message = "there is no room for the event: too much is on its way to functions"
    )]
    NoRoomForEvent,
    /// As much is kept of apps as may be.
    #[code(number = 44, status = "resource_exhausted", message = "{0}")]
    StoreFull(Short),
    /// The archive is not one that can be taken.
    #[code(
        number = 50,
        status = "invalid_argument",
        message = "the archive is not taken: {0}"
    )]
    InvalidArchive(String),
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

impl From<Short> for UpError {
    fn from(short: Short) -> Self {
        match short {
            Short::Unknown(failure) => UpError::Failure(failure),
            Short::Kept(_) => UpError::StoreFull(short),
            short => UpError::NoRoom(short),
        }
    }
}
