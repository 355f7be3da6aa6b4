//! Events that come by the control API, and what is told of them.

use super::LARGEST;
use super::invocation::{Failed, Reply};
use super::pool::Pool;
use crate::daemon::event::Event;
use crate::error::UpError;
use crate::messages::iris::up::v1::{FunctionError, InvokeResponse, invoke_response::Outcome};
use http_body_util::{BodyExt, Limited};
use std::sync::Arc;

/// Gives a function an event, and tells what came of it.
pub(super) async fn invoke(pool: Arc<Pool>, event: Event) -> Result<InvokeResponse, UpError> {
    if event.payload.len() > LARGEST {
        return Err(UpError::EventTooLarge(event.payload.len()));
    }
    let request_id = event.id.clone();
    let outcome = match pool.invoke(event).await {
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
