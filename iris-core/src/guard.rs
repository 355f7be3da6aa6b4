//! Code of the user's, run so that its panics and delays stay its own.

use crate::{IrisError, Status, deadline};
use futures_util::FutureExt;
use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// Runs user code so that neither a panic nor a passed deadline gets further than its own call.
pub(crate) async fn guarded<T>(
    deadline: Option<Instant>,
    user_code: impl Future<Output = Result<T, IrisError>>,
) -> Result<T, IrisError> {
    let timed = async move {
        match deadline {
            None => user_code.await,
            // Nothing is begun that nobody waits for any more.
            Some(at) if at <= Instant::now() => Err(too_late()),
            // What is dropped here may panic too, so the timer runs inside the guard.
            Some(at) => match tokio::time::timeout_at(at.into(), user_code).await {
                Ok(finished) => finished,
                Err(_) => Err(too_late()),
            },
        }
    };
    let guarded = deadline::scope(deadline, AssertUnwindSafe(timed).catch_unwind());
    guarded
        .await
        .unwrap_or_else(|panic| Err(IrisError::internal(panic_message(panic))))
}

pub(crate) fn too_late() -> IrisError {
    IrisError::communication(
        Status::DeadlineExceeded,
        "the deadline passed before the remote had answered",
    )
}

pub(crate) fn panic_message(panic: Box<dyn Any + Send>) -> String {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => match panic.downcast::<&str>() {
            Ok(message) => (*message).to_owned(),
            Err(panic) => {
                // A type of the user's: dropping it may panic once more.
                std::mem::forget(panic);
                "no message".to_owned()
            }
        },
    };
    format!("panicked: {message}")
}
