//! Calls run where they arrive, as long as they are short.
//!
//! The HTTP stack hands each HTTP/2 request to an executor, which would make a task of it. Most calls
//! are over in microseconds, less than it takes to hand a task to another thread and to be woken by it.
//! So a call begins on its connection's own task. One that has to wait goes on as a task; and where
//! calls turn out to compute for long, the next ones begin as tasks at once, so that the cores share them.

use super::backpressure::Backpressure;
use super::sending::{Sending, forget};
use hyper::rt::Executor;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// From here on a call held its connection up for longer than a task would have cost.
const LONG: Duration = Duration::from_micros(100);

/// After a long call so many are tasks from their beginning; twice as many each time that the one tried
/// then is long too. A call that only seemed long, since its thread had to wait for a core, costs no more.
const FIRST_TASKS: u32 = 256;

/// Never more than this many, so that a server whose calls become short again finds out.
const MOST_TASKS: u32 = 1 << 20;

/// Begins the calls of a connection on the task that read them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inline {
    learned: Arc<Learned>,
    /// For calls that go on as tasks: how long their callers may take nothing of an answer.
    write_timeout: Option<Duration>,
    backpressure: Backpressure,
}

impl Inline {
    pub(crate) fn new(
        learned: &Arc<Learned>,
        write_timeout: Option<Duration>,
        backpressure: Backpressure,
    ) -> Self {
        Inline {
            learned: learned.clone(),
            write_timeout,
            backpressure,
        }
    }
}

/// How long calls take, which the connections of a server learn from one another.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// How many calls are to be tasks from their beginning.
    tasks: AtomicU32,
    /// How many were to be after the last long call; 0 if a short one was seen since.
    last: AtomicU32,
}

impl Learned {
    /// Whether the next call is to be a task.
    fn next_is_task(&self) -> bool {
        let tasks = self.tasks.load(Ordering::Relaxed);
        // Where two count down at once one of them may be lost, which does no harm.
        tasks > 0 && {
            self.tasks.store(tasks - 1, Ordering::Relaxed);
            true
        }
    }

    fn took(&self, time: Duration) {
        let last = self.last.load(Ordering::Relaxed);
        if time >= LONG {
            let tasks = last.saturating_mul(2).clamp(FIRST_TASKS, MOST_TASKS);
            self.last.store(tasks, Ordering::Relaxed);
            self.tasks.store(tasks, Ordering::Relaxed);
        } else if last > 0 {
            self.last.store(0, Ordering::Relaxed);
        }
    }
}

impl<F> Executor<F> for Inline
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, call: F) {
        if self.learned.next_is_task() {
            let backpressure = self.backpressure.clone();
            tokio::spawn(Sending::new(call, self.write_timeout, backpressure));
            return;
        }
        let mut call = Box::pin(call);
        forget();
        let begun = Instant::now();
        // Nobody is to be woken: a call that waits is polled again, as a task.
        let mut context = Context::from_waker(Waker::noop());
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut context)));
        // A panic takes its time to be shown, which says nothing of the next calls.
        if polled.is_ok() {
            self.learned.took(begun.elapsed());
        }
        match polled {
            Ok(Poll::Ready(())) => {}
            Ok(Poll::Pending) => {
                let backpressure = self.backpressure.clone();
                tokio::spawn(Sending::begun(call, self.write_timeout, backpressure));
            }
            // As in a task, a panic ends nothing but the call. Dropping what is left of it may panic again.
            Err(_) => {
                let _ = catch_unwind(AssertUnwindSafe(|| drop(call)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Where a future runs: the task that polls it, if any.
    async fn place(sender: mpsc::Sender<Option<tokio::task::Id>>, work: impl FnOnce()) {
        sender.send(tokio::task::try_id()).unwrap();
        work();
    }

    #[tokio::test]
    async fn a_short_call_runs_at_once_and_a_waiting_one_goes_on_as_a_task() {
        let inline = Inline::default();
        let (sender, receiver) = mpsc::channel();
        inline.execute(place(sender, || ()));
        assert_eq!(receiver.try_recv(), Ok(None), "no task");

        let (go, gone) = tokio::sync::oneshot::channel();
        let (done, finished) = tokio::sync::oneshot::channel();
        inline.execute(async {
            gone.await.unwrap();
            done.send(tokio::task::try_id()).unwrap();
        });
        go.send(()).unwrap();
        assert!(finished.await.unwrap().is_some(), "a task");
    }

    #[test]
    fn after_a_long_call_the_next_are_tasks_for_a_while() {
        let learned = Learned::default();
        // How many calls are tasks until one runs at once, which takes so long.
        let tasks_before = |time| {
            let tasks = std::iter::from_fn(|| learned.next_is_task().then_some(())).count();
            learned.took(time);
            tasks as u32
        };
        assert_eq!(tasks_before(LONG), 0);
        assert_eq!(tasks_before(LONG), FIRST_TASKS);
        assert_eq!(tasks_before(LONG), 2 * FIRST_TASKS, "long again");
        assert_eq!(tasks_before(LONG / 2), 4 * FIRST_TASKS);
        assert_eq!(tasks_before(LONG), 0, "short again");
        assert_eq!(tasks_before(LONG), FIRST_TASKS);
        for _ in 0..12 {
            assert!(tasks_before(LONG) <= MOST_TASKS);
        }
        assert_eq!(tasks_before(LONG), MOST_TASKS);
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_call() {
        let inline = Inline::default();
        inline.execute(async { panic!("as some do") });
        let (sender, receiver) = mpsc::channel();
        inline.execute(place(sender, || ()));
        // Where the panic printed a backtrace it took long, and this one is a task.
        tokio::task::yield_now().await;
        assert!(receiver.try_recv().is_ok());
    }
}
