//! Why an archive is not taken.

use crate::daemon::{Failure, Short};
use crate::error::UpError;
use std::error::Error;
use std::fmt;
use std::io;

/// Nothing comes of an archive.
#[derive(Debug)]
pub(crate) enum Problem {
    /// What is wrong with it, for people.
    Refused(String),
    /// There is no room to unpack it.
    NoRoom(Short),
    /// The disk failed.
    Failed(Failure),
}

impl Problem {
    pub(super) fn refused(why: impl fmt::Display) -> Problem {
        Problem::Refused(why.to_string())
    }

    /// What is in it cannot be read, which is the archive's fault, or the disk's.
    pub(super) fn unreadable(what: &str, error: rawzip::Error) -> Problem {
        match error.into_kind() {
            rawzip::ErrorKind::IO(error) => Problem::damaged(what, &error),
            kind => Problem::refused(format!("{what} is damaged: {kind}")),
        }
    }

    /// The same where it is unpacked.
    pub(super) fn damaged(what: &str, error: &io::Error) -> Problem {
        match error.raw_os_error() {
            Some(_) => Problem::Failed(Failure::during(what, error.to_string())),
            None => Problem::refused(format!("{what} is damaged: {error}")),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Refused(why) => formatter.write_str(why),
            Problem::NoRoom(short) => short.fmt(formatter),
            Problem::Failed(failure) => failure.fmt(formatter),
        }
    }
}

impl Error for Problem {}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Problem::Failed(failure)
    }
}

impl From<Short> for Problem {
    fn from(short: Short) -> Self {
        Problem::NoRoom(short)
    }
}

impl From<Problem> for UpError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Refused(why) => UpError::InvalidArchive(why),
            Problem::NoRoom(short) => short.into(),
            Problem::Failed(failure) => UpError::Failure(failure),
        }
    }
}
