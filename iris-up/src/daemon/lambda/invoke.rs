//! Events that come by the control API, and what is told of them.

use super::invocation::{Failed, Reply};
use super::pool::Pool;
use crate::error::UpError;
use crate::messages::iris::up::v1::{FunctionError, InvokeResponse, invoke_response::Outcome};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use std::sync::Arc;

/// The most bytes of an event, and of an answer: 6 MiB.
pub(super) const LARGEST: usize = 6 * 1024 * 1024;

/// Gives a function an event, and tells what came of it.
pub(super) async fn invoke(pool: Arc<Pool>, event: Bytes) -> Result<InvokeResponse, UpError> {
    if event.len() > LARGEST {
        return Err(UpError::EventTooLarge(event.len()));
    }
    let (request_id, outcome) = pool.invoke(event).await;
    let outcome = match outcome {
        Ok(Reply::Whole(answer)) => Outcome::Answer(answer),
        Ok(Reply::Streamed(streamed)) => match Limited::new(streamed, LARGEST).collect().await {
            Ok(whole) => Outcome::Answer(whole.to_bytes()),
            Err(error) => failed("Runtime.StreamError", error.to_string()),
        },
        Err(Failed::Raised { kind, message }) => failed(&kind, message),
        Err(why @ Failed::Ended(_)) => failed("Runtime.ExitError", why.to_string()),
        Err(why @ Failed::TimedOut) => failed("Sandbox.Timedout", why.to_string()),
        Err(why @ (Failed::NotStarted(_) | Failed::Stopped | Failed::Full | Failed::Waited)) => {
            return Err(UpError::NotInvoked(why.to_string()));
        }
    };
    Ok(InvokeResponse {
        outcome: Some(outcome),
        request_id,
    })
}

fn failed(kind: &str, message: String) -> Outcome {
    Outcome::Error(FunctionError {
        r#type: kind.to_owned(),
        message,
    })
}
