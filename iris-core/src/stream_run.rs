//! The code of a streaming procedure while it runs.

use crate::IrisError;
use crate::guard::{panic_message, too_late};
use crate::load::Place;
use crate::remote::UserCode;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
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
    /// `None` while the procedure's code runs, and once it has finished or its deadline passed.
    work: Option<Work>,
    /// The deadline passed. Whoever runs the procedure's code then drops it.
    is_late: bool,
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
            is_late: false,
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
                    shared.is_late = true;
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
        // Nothing is locked while it runs, which may take long: the deadline's task would hold a thread up.
        let work = lock(&self.shared).work.take();
        let Some(mut work) = work else {
            return Poll::Ready(Err(too_late()));
        };
        if let Poll::Ready(result) = work.future.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        let mut shared = lock(&self.shared);
        if shared.is_late {
            drop(shared);
            // Code of the user's, which may panic.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(work))).map_err(panic_message);
            return Poll::Ready(Err(too_late()));
        }
        shared.work = Some(work);
        if self.deadline.is_some() {
            let waiting = &mut shared.waiting;
            match waiting {
                Some(waiting) => waiting.clone_from(context.waker()),
                None => *waiting = Some(context.waker().clone()),
            }
        }
        Poll::Pending
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;
    use std::future::poll_fn;
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_does_not_wait_for_code_that_runs() {
        let (begun, begins) = mpsc::channel();
        let (go, gone) = mpsc::channel();
        let held = Arc::new(());
        let holds = held.clone();
        // Code that holds its thread up beyond the deadline.
        let code = poll_fn(move |_| {
            let _ = &holds;
            begun.send(()).unwrap();
            assert_eq!(gone.recv_timeout(Duration::from_secs(20)), Ok(()));
            Poll::Pending
        });
        let hour = Duration::from_secs(3600);
        let deadline = tokio::time::Instant::now() + hour;
        let run = StreamRun::new(Box::pin(code), None, Some(deadline.into_std()));
        let running = thread::spawn(move || {
            let polled = run.poll(&mut Context::from_waker(Waker::noop()));
            (polled, run)
        });
        begins.recv().unwrap();
        // Its task has this thread.
        tokio::time::sleep(2 * hour).await;
        go.send(()).unwrap();
        let (polled, _run) = running.join().unwrap();
        let Poll::Ready(Err(error)) = polled else {
            panic!("{polled:?}")
        };
        assert_eq!(error.status, Status::DeadlineExceeded);
        assert_eq!(Arc::strong_count(&held), 1, "it was dropped");
    }
}
