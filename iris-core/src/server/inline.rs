//! Calls run where they arrive, as long as they are short.
//!
//! The HTTP stack hands each HTTP/2 request to an executor, which would make a task of it. Most calls
//! are over in microseconds, less than it takes to hand a task to another thread and to be woken by it.
//! So a call begins on its connection's own task. One that has to wait goes on as a task; and where
//! calls turn out to compute for long, the next ones begin as tasks at once, so that the cores share them.

use hyper::rt::Executor;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// From here on a call held its connection up for longer than a task would have cost.
const LONG: Duration = Duration::from_micros(100);

/// About what a task costs. So many times as it fits into a long call, the next calls are tasks: what
/// long calls cost their connection then stays as small as what tasks cost them all.
const TASK: Duration = Duration::from_micros(2);

/// Begins calls on the task that read them. A clone shares what was learned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inline {
    /// How many calls are to be tasks from their beginning.
    tasks: Arc<AtomicU32>,
}

impl<F> Executor<F> for Inline
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, call: F) {
        if self.tasks.load(Ordering::Relaxed) > 0 {
            // Two that count down at once may go below zero, which is many more tasks, and no harm but time.
            self.tasks.fetch_sub(1, Ordering::Relaxed);
            tokio::spawn(call);
            return;
        }
        let mut call = Box::pin(call);
        let begun = Instant::now();
        // Nobody is to be woken: a call that waits is polled again, as a task.
        let mut context = Context::from_waker(Waker::noop());
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut context)));
        let took = begun.elapsed();
        // A panic takes its time to be shown, which says nothing of the next calls.
        if took >= LONG && polled.is_ok() {
            let tasks = took.as_nanos() / TASK.as_nanos();
            let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
            self.tasks.store(tasks, Ordering::Relaxed);
        }
        match polled {
            Ok(Poll::Ready(())) => {}
            Ok(Poll::Pending) => {
                tokio::spawn(call);
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

    #[tokio::test]
    async fn after_a_long_call_the_next_are_tasks_for_a_while() {
        let inline = Inline::default();
        let busy = || {
            let begun = Instant::now();
            while begun.elapsed() < LONG * 2 {
                std::hint::spin_loop();
            }
        };
        let (sender, receiver) = mpsc::channel();
        inline.execute(place(sender, busy));
        assert_eq!(receiver.try_recv(), Ok(None));
        let mut tasks = 0;
        loop {
            let (sender, receiver) = mpsc::channel();
            inline.execute(place(sender, || ()));
            // One that runs as a task has not begun yet.
            match receiver.try_recv() {
                Ok(_) => break,
                Err(_) => tasks += 1,
            }
        }
        assert!(tasks >= 100, "{tasks}");
    }

    #[tokio::test]
    async fn a_panic_ends_its_own_call() {
        let inline = Inline::default();
        inline.execute(async { panic!("as some do") });
        let (sender, receiver) = mpsc::channel();
        inline.execute(place(sender, || ()));
        assert_eq!(receiver.try_recv(), Ok(None));
    }
}
