//! A connection's turns.
//!
//! Calls that run on their connection's task wake it: each answer is news for the connection, which is
//! just being polled. The runtime would queue the task once more, and wake another thread to look for
//! work. Here the connection simply goes on.

use futures_util::task::AtomicWaker;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// How often a connection goes on before others have their turn.
const MOST_POLLS: usize = 16;

const RESTING: u8 = 0;
const RUNNING: u8 = 1;
/// Running, and woken since its poll began.
const WOKEN: u8 = 2;

/// Polls something, as long as it wakes itself.
pub(crate) struct Turn {
    inner: Arc<Inner>,
    /// Made once, so that what stores it need not store it anew.
    waker: Waker,
}

struct Inner {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Turn {
    pub(crate) fn new() -> Self {
        let inner = Arc::new(Inner {
            state: AtomicU8::new(RESTING),
            task: AtomicWaker::new(),
        });
        Turn {
            waker: inner.clone().into(),
            inner,
        }
    }

    /// One turn of the task of `context`.
    pub(crate) fn take<T>(
        &self,
        context: &mut Context<'_>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // Before the state is resting again, so that no wake finds an older task.
        self.inner.task.register(context.waker());
        let mut context = Context::from_waker(&self.waker);
        for _ in 0..MOST_POLLS {
            self.inner.state.store(RUNNING, Ordering::SeqCst);
            if let Poll::Ready(output) = poll(&mut context) {
                return Poll::Ready(output);
            }
            let woken = self.inner.state.swap(RESTING, Ordering::SeqCst) == WOKEN;
            if !woken {
                return Poll::Pending;
            }
        }
        self.inner.task.wake();
        Poll::Pending
    }
}

impl Wake for Inner {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let rested = self
            .state
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| {
                (state != RESTING).then_some(WOKEN)
            });
        if rested.is_err() {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn counted() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (count.clone(), count.into())
    }

    #[test]
    fn what_wakes_itself_goes_on_at_once() {
        let (count, waker) = counted();
        let mut polls = 0;
        let polled = Turn::new().take(&mut Context::from_waker(&waker), |context| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        });
        assert_eq!((polled, polls), (Poll::Ready(()), 3));
        assert_eq!(count.0.load(Ordering::SeqCst), 0, "the task is not told");
    }

    #[test]
    fn what_never_rests_lets_others_have_their_turn() {
        let (count, waker) = counted();
        let mut polls = 0;
        let polled = Turn::new().take(&mut Context::from_waker(&waker), |context| {
            polls += 1;
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        assert_eq!((polled, polls), (Poll::Pending, MOST_POLLS));
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_wake_between_turns_reaches_the_task_of_the_last_one() {
        let (count, waker) = counted();
        let turn = Turn::new();
        let mut kept = None;
        let mut poll = |context: &mut Context<'_>| {
            kept = Some(context.waker().clone());
            Poll::<()>::Pending
        };
        let _ = turn.take(&mut Context::from_waker(Waker::noop()), &mut poll);
        let _ = turn.take(&mut Context::from_waker(&waker), &mut poll);
        kept.unwrap().wake();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }
}
