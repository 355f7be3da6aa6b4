//! The code of a streaming procedure while it runs.

use crate::IrisError;
use crate::guard::too_late;
use crate::load::Place;
use crate::remote::UserCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;
use tokio::task::AbortHandle;

/// A streaming procedure's future, which the response body polls.
///
/// A caller who stops reading stops the polling, and with it every timer inside. So where there is a
/// deadline, a task of its own drops the future then, with all that it holds.
pub(crate) struct StreamRun {
    shared: Arc<Mutex<Shared>>,
    deadline: Option<AbortHandle>,
}

struct Shared {
    /// `None` once the procedure has finished, or its deadline passed.
    work: Option<Work>,
    /// Who waits for the next answer, where there is a deadline to wake it at.
    waiting: Option<Waker>,
}

struct Work {
    future: UserCode<()>,
    /// The call's place among those in flight.
    _place: Option<Place>,
}

impl StreamRun {
    pub(crate) fn new(
        future: UserCode<()>,
        place: Option<Place>,
        deadline: Option<Instant>,
    ) -> Self {
        let shared = Arc::new(Mutex::new(Shared {
            work: Some(Work {
                future,
                _place: place,
            }),
            waiting: None,
        }));
        let deadline = deadline.map(|deadline| {
            let shared = Arc::downgrade(&shared);
            let dropping = async move {
                tokio::time::sleep_until(deadline.into()).await;
                let Some(shared) = shared.upgrade() else {
                    return;
                };
                let (work, waiting) = {
                    let mut shared = lock(&shared);
                    (shared.work.take(), shared.waiting.take())
                };
                // Its own timer went with the future, and woke nobody where it had not fired yet.
                if let Some(waiting) = waiting {
                    waiting.wake();
                }
                drop(work);
            };
            tokio::spawn(dropping).abort_handle()
        });
        StreamRun { shared, deadline }
    }

    /// Runs the procedure until it waits or finishes. Once it has, it is not to be polled again.
    pub(crate) fn poll(&self, context: &mut Context<'_>) -> Poll<Result<(), IrisError>> {
        let mut shared = lock(&self.shared);
        let Some(work) = &mut shared.work else {
            return Poll::Ready(Err(too_late()));
        };
        let polled = work.future.as_mut().poll(context);
        if polled.is_pending() && self.deadline.is_some() {
            let waiting = &mut shared.waiting;
            match waiting {
                Some(waiting) => waiting.clone_from(context.waker()),
                None => *waiting = Some(context.waker().clone()),
            }
        }
        let result = ready!(polled);
        shared.work = None;
        Poll::Ready(result)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for StreamRun {
    fn drop(&mut self) {
        if let Some(deadline) = &self.deadline {
            deadline.abort();
        }
    }
}
