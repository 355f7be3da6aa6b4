//! Why a chore failed.

use std::fmt;

/// What a chore ends with.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a chore failed, for the person who ran it: what is wrong, where, and what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }

    /// Says first what was being done.
    pub(crate) fn during(doing: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Failure(format!("{doing}: {cause}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
