//! One event on its way to a function, and what comes of it.

use super::streamed::Streamed;
use crate::daemon::event::Event;
use bytes::Bytes;
use std::fmt;
use std::time::Duration;
use tokio::sync::oneshot;

/// An event that somebody waits for.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) event: Event,
    pub(super) tell: oneshot::Sender<Outcome>,
}

/// What a function answered.
pub(crate) type Outcome = Result<Reply, Failed>;

/// An answer.
#[derive(Debug)]
pub(crate) enum Reply {
    Whole(Bytes),
    Streamed(Streamed),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failed {
    /// The function raised an error.
    Raised(Raised),
    /// Its process ended before it answered.
    Ended(String),
    /// There was no process that could be given the event: why, and what it said of that itself.
    NotStarted(String, Option<Raised>),
    /// The time for it, so long, was over.
    TimedOut(Duration),
    /// No process asked for it in time.
    Waited,
    /// As many wait as may.
    Full,
    /// The app is stopped.
    Stopped,
}

/// An error as a function tells of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raised {
    pub(crate) kind: String,
    pub(crate) message: String,
    /// All that it said, byte for byte: its callers by Amazon's API get that.
    pub(crate) document: Bytes,
}

impl Raised {
    /// What a function says in a body, and of its kind in a header. A body that names none has the header's, and one that
    /// is empty is written as if it had said so much.
    pub(super) fn of(document: Bytes, named: Option<String>) -> Raised {
        let told: serde_json::Value = serde_json::from_slice(&document).unwrap_or_default();
        let text = |name: &str| told[name].as_str().map(str::to_owned);
        let kind = text("errorType").or(named);
        let kind = kind.unwrap_or_else(|| "Unknown".to_owned());
        if document.is_empty() {
            return Raised::new(&kind, String::new());
        }
        let message = text("errorMessage");
        let message = message.unwrap_or_else(|| String::from_utf8_lossy(&document).into_owned());
        Raised {
            kind,
            message,
            document,
        }
    }

    /// What the daemon says in a function's place.
    pub(super) fn new(kind: &str, message: String) -> Raised {
        let document = serde_json::json!({ "errorMessage": message, "errorType": kind });
        Raised {
            kind: kind.to_owned(),
            message,
            document: document.to_string().into(),
        }
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind, self.message)
    }
}

impl Invocation {
    /// An invocation, and where its outcome is told.
    pub(super) fn new(event: Event) -> (Invocation, oneshot::Receiver<Outcome>) {
        let (tell, outcome) = oneshot::channel();
        (Invocation { event, tell }, outcome)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Raised(raised) => write!(formatter, "the function failed: {raised}"),
            Failed::Ended(why) => {
                write!(formatter, "the function ended before it answered: {why}")
            }
            Failed::NotStarted(why, _) => write!(formatter, "the function did not start: {why}"),
            Failed::TimedOut(_) => formatter.write_str("the function did not answer in time"),
            Failed::Waited => formatter.write_str("no process had time for the event"),
            Failed::Full => formatter.write_str("too many events wait for the function"),
            Failed::Stopped => formatter.write_str("the function is stopped"),
        }
    }
}
