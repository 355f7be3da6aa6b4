//! Why a runtime ends.

use crate::failure::Failure;
use http::StatusCode;
use std::error::Error;
use std::fmt;

/// Why a runtime did not start, or ended.
///
/// `main` may return it: what is printed then is a sentence.
pub struct RunError(Kind);

pub(crate) enum Kind {
    /// There is no Runtime API to ask for events.
    NoRuntimeApi,
    /// A variable of the environment that cannot be used.
    Variable {
        name: &'static str,
        value: String,
        why: &'static str,
    },
    /// It did not start. Callers were told.
    NotStarted(Failure),
    /// The Runtime API was not reached, or broke off.
    Unreachable {
        doing: &'static str,
        source: Box<dyn Error + Send + Sync>,
    },
    /// The Runtime API said no.
    Refused {
        doing: &'static str,
        status: StatusCode,
        text: String,
    },
    /// It gave an event that cannot be answered.
    NoRequestId,
    /// The address of the server for development is not to be had.
    #[cfg(feature = "application")]
    Listen {
        address: String,
        source: std::io::Error,
    },
}

impl RunError {
    pub(crate) fn new(kind: Kind) -> Self {
        RunError(kind)
    }

    pub(crate) fn not_started(failure: Failure) -> Self {
        RunError(Kind::NotStarted(failure))
    }

    /// What callers were told, where the function did not start.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.0 {
            Kind::NotStarted(failure) => Some(failure),
            _ => None,
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::NoRuntimeApi => formatter.write_str(
                "there is nobody to give events: AWS_LAMBDA_RUNTIME_API is not set, as AWS Lambda and iris-up set it",
            ),
            Kind::Variable { name, value, why } => write!(formatter, "{name} is `{value}`: {why}"),
            Kind::NotStarted(failure) => write!(formatter, "the function did not start: {failure}"),
            Kind::Unreachable { doing, source } => {
                write!(formatter, "{doing}, the Runtime API was not reached: {source}")
            }
            Kind::Refused { doing, status, text } => {
                write!(formatter, "{doing}, the Runtime API answered {status}: {text}")
            }
            Kind::NoRequestId => {
                formatter.write_str("the Runtime API gave an event without lambda-runtime-aws-request-id")
            }
            #[cfg(feature = "application")]
            Kind::Listen { address, source } => write!(formatter, "cannot listen at {address}: {source}"),
        }
    }
}

/// The sentence: `main` prints an error in this form.
impl fmt::Debug for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::NotStarted(failure) => Some(failure),
            Kind::Unreachable { source, .. } => Some(&**source),
            #[cfg(feature = "application")]
            Kind::Listen { source, .. } => Some(source),
            _ => None,
        }
    }
}
