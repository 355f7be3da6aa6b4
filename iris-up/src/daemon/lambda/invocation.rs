//! One event on its way to a function, and what comes of it.

use super::streamed::Streamed;
use crate::daemon::event::Event;
use bytes::Bytes;
use std::fmt;
use tokio::sync::oneshot;

/// An event that somebody waits for.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) event: Event,
    pub(super) tell: oneshot::Sender<Outcome>,
}

/// What a function answered.
pub(super) type Outcome = Result<Reply, Failed>;

/// An answer.
#[derive(Debug)]
pub(super) enum Reply {
    Whole(Bytes),
    Streamed(Streamed),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failed {
    /// The function raised an error.
    Raised { kind: String, message: String },
    /// Its process ended before it answered.
    Ended(String),
    /// There was no process that could be given the event.
    NotStarted(String),
    /// The time for it was over.
    TimedOut,
    /// No process asked for it in time.
    Waited,
    /// As many wait as may.
    Full,
    /// The app is stopped.
    Stopped,
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
            Failed::Raised { kind, message } => {
                write!(formatter, "the function failed: {kind}: {message}")
            }
            Failed::Ended(why) => {
                write!(formatter, "the function ended before it answered: {why}")
            }
            Failed::NotStarted(why) => write!(formatter, "the function did not start: {why}"),
            Failed::TimedOut => formatter.write_str("the function did not answer in time"),
            Failed::Waited => formatter.write_str("no process had time for the event"),
            Failed::Full => formatter.write_str("too many events wait for the function"),
            Failed::Stopped => formatter.write_str("the function is stopped"),
        }
    }
}
