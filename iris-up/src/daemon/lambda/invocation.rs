//! One event on its way to a function, and what comes of it.

use super::streamed::Streamed;
use bytes::Bytes;
use std::fmt;
use tokio::sync::oneshot;

/// An event that somebody waits for.
#[derive(Debug)]
pub(super) struct Invocation {
    /// What the function and its log know it by: a UUID.
    pub(super) id: String,
    pub(super) event: Bytes,
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
    pub(super) fn new(event: Bytes) -> Result<(Invocation, oneshot::Receiver<Outcome>), Failed> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| Failed::NotStarted(error.to_string()))?;
        let (tell, outcome) = oneshot::channel();
        let id = uuid(random);
        Ok((Invocation { id, event, tell }, outcome))
    }
}

/// A UUID of version 4 (RFC 9562, section 5.4).
fn uuid(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join("-")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
