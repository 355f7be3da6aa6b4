//! What came of an event that came without HTTP, and how the control API tells it.

use super::LARGEST;
use super::invocation::{Failed, Outcome, Raised, Reply};
use super::streamed::{Broken, Streamed};
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    FunctionError, InvokeResponse, invoke_response::Outcome as Told,
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::error::Error;
use std::time::Duration;

/// How much of an answer that is there goes at once.
const PIECE: usize = 64 * 1024;

type BoxError = Box<dyn Error + Send + Sync>;

/// What came of an event.
#[derive(Debug)]
pub(crate) struct Invoked {
    pub(crate) request_id: String,
    /// The version of the app that had it.
    pub(crate) version: u64,
    pub(crate) outcome: Outcome,
}

impl Invoked {
    /// All of it, as AWS Lambda tells it: the answer, or the error that took its place.
    ///
    /// # Errors
    ///
    /// Why no function had the event.
    pub(crate) async fn whole_or_raised(self) -> Result<Result<Bytes, Raised>, Failed> {
        match self.outcome {
            Ok(reply) => Ok(whole(reply).await),
            Err(failed) => failed.raised(&self.request_id).map(Err),
        }
    }

    /// The same piece by piece.
    ///
    /// # Errors
    ///
    /// Why no function had the event.
    pub(crate) fn pieces(self) -> Result<Pieces, Failed> {
        match self.outcome {
            Ok(Reply::Whole(answer)) => Ok(Pieces::Whole(answer)),
            Ok(Reply::Streamed(streamed)) => Ok(Pieces::Streamed(streamed)),
            Err(failed) => {
                let raised = failed.raised(&self.request_id)?;
                Ok(Pieces::Raised(Some(raised)))
            }
        }
    }

    /// The same as the control API tells it.
    ///
    /// # Errors
    ///
    /// Where no function had the event.
    pub(crate) async fn whole(self) -> Result<InvokeResponse, UpError> {
        let outcome = match self.outcome {
            Ok(reply) => match whole(reply).await {
                Ok(answer) => Told::Answer(answer),
                Err(raised) => failed(&raised.kind, raised.message),
            },
            Err(Failed::Raised(raised)) => failed(&raised.kind, raised.message),
            Err(why @ Failed::Ended(_)) => failed(ENDED, why.to_string()),
            Err(why @ Failed::TimedOut(_)) => failed(TIMED_OUT, why.to_string()),
            Err(why) => return Err(UpError::NotInvoked(why.to_string())),
        };
        Ok(InvokeResponse {
            outcome: Some(outcome),
            request_id: self.request_id,
        })
    }
}

/// An answer as it comes.
#[derive(Debug)]
pub(crate) enum Pieces {
    /// What is left of one that is there.
    Whole(Bytes),
    Streamed(Streamed),
    /// There is none.
    Raised(Option<Raised>),
}

impl Pieces {
    /// The next; behind an error there is none.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Raised>> {
        match self {
            Pieces::Whole(rest) if rest.is_empty() => None,
            Pieces::Whole(rest) => Some(Ok(rest.split_to(rest.len().min(PIECE)))),
            Pieces::Raised(raised) => raised.take().map(Err),
            Pieces::Streamed(streamed) => loop {
                match streamed.frame().await? {
                    Err(error) => return Some(Err(broken(error))),
                    Ok(frame) => match frame.into_data() {
                        Ok(piece) if !piece.is_empty() => return Some(Ok(piece)),
                        _ => {}
                    },
                }
            },
        }
    }
}

/// An answer to its end.
async fn whole(reply: Reply) -> Result<Bytes, Raised> {
    match reply {
        Reply::Whole(answer) => Ok(answer),
        Reply::Streamed(streamed) => match Limited::new(streamed, LARGEST).collect().await {
            Ok(whole) => Ok(whole.to_bytes()),
            Err(error) => Err(broken(error)),
        },
    }
}

/// Why an answer broke off: what the function says, or that it is too large or not all of it came.
fn broken(error: BoxError) -> Raised {
    match error.downcast::<Broken>() {
        Ok(broken) => broken.0,
        Err(error) if error.is::<LengthLimitError>() => {
            let why = format!("an answer has at most {LARGEST} bytes");
            Raised::new("Function.ResponseSizeTooLarge", why)
        }
        Err(error) => Raised::new("Runtime.StreamError", error.to_string()),
    }
}

/// What a failure is called where a process ended, or its time did.
const ENDED: &str = "Runtime.ExitError";
const TIMED_OUT: &str = "Sandbox.Timedout";

impl Failed {
    /// The failure as AWS Lambda tells it: what the function said, or what it says itself of a function that had the event and
    /// ended, was out of time or did not start. Those that come to nothing before that are given back.
    pub(crate) fn raised(self, request_id: &str) -> Result<Raised, Failed> {
        let told = |kind: &str, why: &str| {
            Raised::new(kind, format!("RequestId: {request_id} Error: {why}"))
        };
        match self {
            Failed::Raised(raised) | Failed::NotStarted(_, Some(raised)) => Ok(raised),
            Failed::Ended(why) | Failed::NotStarted(why, None) => {
                Ok(told(ENDED, &format!("Runtime exited with error: {why}")))
            }
            Failed::TimedOut(time) => Ok(told(TIMED_OUT, &timed_out(time))),
            other @ (Failed::Waited | Failed::Full | Failed::Stopped) => Err(other),
        }
    }
}

/// In the words that programs look for.
fn timed_out(time: Duration) -> String {
    format!("Task timed out after {:.2} seconds", time.as_secs_f64())
}

fn failed(kind: &str, message: String) -> Told {
    Told::Error(FunctionError {
        r#type: kind.to_owned(),
        message,
    })
}
