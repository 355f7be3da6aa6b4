//! The code of a streaming procedure while it runs.

use crate::IrisError;
use crate::dispatch::too_late;
use crate::remote::Answering;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::task::AbortHandle;

/// A streaming procedure's future, which the response body polls.
///
/// A caller who stops reading stops the polling, and with it every timer inside. So where there is a
/// deadline, a task of its own drops the future then, with all that it holds.
pub(crate) struct Running {
    /// `None` once it has finished, or its deadline passed.
    future: Arc<Mutex<Option<Answering<()>>>>,
    deadline: Option<AbortHandle>,
}

impl Running {
    pub(crate) fn new(future: Answering<()>, deadline: Option<Instant>) -> Self {
        let future = Arc::new(Mutex::new(Some(future)));
        let deadline = deadline.map(|deadline| {
            let future = Arc::downgrade(&future);
            let dropping = async move {
                tokio::time::sleep_until(deadline.into()).await;
                if let Some(future) = future.upgrade() {
                    let _ = future.lock().unwrap_or_else(PoisonError::into_inner).take();
                }
            };
            tokio::spawn(dropping).abort_handle()
        });
        Running { future, deadline }
    }

    /// Runs the procedure until it waits or finishes. Once it has, it is not to be polled again.
    pub(crate) fn poll(&self, context: &mut Context<'_>) -> Poll<Result<(), IrisError>> {
        let mut future = self.future.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = &mut *future else {
            return Poll::Ready(Err(too_late()));
        };
        let result = ready!(running.as_mut().poll(context));
        *future = None;
        Poll::Ready(result)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(deadline) = &self.deadline {
            deadline.abort();
        }
    }
}
