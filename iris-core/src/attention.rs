//! Polling what was woken, and nothing else.

use futures_util::task::AtomicWaker;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

/// Knows whether something that waits was woken since it was last polled.
///
/// The HTTP stack polls the body of a stream thrice for each message: when it comes, once more to see whether there is
/// another, and when it was written. Each time the procedure, its stream and the caller's would be asked in vain.
pub(crate) struct Attention {
    inner: Arc<Inner>,
    /// Made once, so that what stores it need not store it anew.
    waker: Waker,
}

struct Inner {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl Attention {
    /// Of something that was never polled.
    pub(crate) fn new() -> Self {
        let inner = Arc::new(Inner {
            woken: AtomicBool::new(true),
            task: AtomicWaker::new(),
        });
        Attention {
            waker: inner.clone().into(),
            inner,
        }
    }

    /// What to poll with, where that is due; the task of `context` is woken when it is again.
    pub(crate) fn due(&self, context: &Context<'_>) -> Option<Context<'_>> {
        // Before the question, so that a wake that it does not see finds this task.
        self.inner.task.register(context.waker());
        let woken = self.inner.woken.swap(false, Ordering::SeqCst);
        woken.then(|| Context::from_waker(&self.waker))
    }

    /// It is to be polled again, though nothing wakes it.
    pub(crate) fn go_on(&self) {
        self.inner.woken.store(true, Ordering::SeqCst);
    }
}

impl Wake for Inner {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.task.wake();
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

    #[test]
    fn only_what_was_woken_is_due() {
        let attention = Attention::new();
        let idle = Context::from_waker(Waker::noop());
        let first = attention.due(&idle).map(|context| context.waker().clone());
        let waker = first.expect("it was never polled");
        assert!(attention.due(&idle).is_none());
        waker.wake_by_ref();
        assert!(attention.due(&idle).is_some());
        assert!(attention.due(&idle).is_none());
        attention.go_on();
        assert!(attention.due(&idle).is_some());
    }

    #[test]
    fn the_task_that_asked_last_is_woken() {
        let attention = Attention::new();
        let kept = attention
            .due(&Context::from_waker(Waker::noop()))
            .map(|context| context.waker().clone());
        let count = Arc::new(Count::default());
        let task = Waker::from(count.clone());
        assert!(attention.due(&Context::from_waker(&task)).is_none());
        kept.expect("it was never polled").wake();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(attention.due(&Context::from_waker(&task)).is_some());
    }
}
