//! Every failed call of a client, in one place.

use crate::IrisError;
use crate::waiting::wait;
use futures_core::Stream;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// How many failures wait for a slow reader before the oldest are lost.
const KEPT: usize = 256;

/// A failed call, as [`ErrorStream`] tells of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failure {
    path: Cow<'static, str>,
    /// What the caller got, with the code as a number.
    pub error: IrisError,
    /// How many failures before this one were lost, because the stream was read too slowly.
    pub missed: u64,
}

impl Failure {
    /// The procedure's path: `/users.v1.Users/Create`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// The failed calls of a client and its clones, from the moment on that it was asked for.
///
/// A `Stream` of [`Failure`] that ends when the client and its clones are gone. It holds 256 failures; a
/// reader that falls behind loses the oldest, and [`Failure::missed`] says how many.
pub struct ErrorStream {
    queue: Arc<Queue>,
}

/// The sending end, shared by all clones of a client.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    /// Whether there may be a reader.
    is_read: AtomicBool,
    readers: Mutex<Vec<Weak<Queue>>>,
}

/// What waits for one reader.
#[derive(Debug, Default)]
struct Queue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    failures: VecDeque<Failure>,
    /// Nothing more comes.
    closed: bool,
    waker: Option<Waker>,
}

impl Failures {
    pub(crate) fn subscribe(&self) -> ErrorStream {
        let queue = Arc::<Queue>::default();
        let mut readers = self.readers();
        readers.retain(|reader| reader.strong_count() > 0);
        readers.push(Arc::downgrade(&queue));
        self.is_read.store(true, Ordering::Relaxed);
        ErrorStream { queue }
    }

    /// Tells all readers. Costs nothing but a look while there are none.
    pub(crate) fn tell(&self, path: Cow<'static, str>, error: &IrisError) {
        if !self.is_read.load(Ordering::Relaxed) {
            return;
        }
        let failure = Failure {
            path,
            error: error.clone(),
            missed: 0,
        };
        for queue in self.queues() {
            queue.push(failure.clone());
        }
    }

    /// Those of the readers that are still there.
    fn queues(&self) -> Vec<Arc<Queue>> {
        let mut readers = self.readers();
        readers.retain(|reader| reader.strong_count() > 0);
        self.is_read.store(!readers.is_empty(), Ordering::Relaxed);
        readers.iter().filter_map(Weak::upgrade).collect()
    }

    /// A panic elsewhere leaves the list as good as it was.
    fn readers(&self) -> MutexGuard<'_, Vec<Weak<Queue>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Failures {
    fn drop(&mut self) {
        for queue in self.queues() {
            queue.close();
        }
    }
}

impl Queue {
    fn push(&self, failure: Failure) {
        let mut waiting = self.lock();
        waiting.failures.push_back(failure);
        if waiting.failures.len() > KEPT {
            let lost = waiting.failures.pop_front();
            let missed = lost.map_or(0, |lost| lost.missed + 1);
            if let Some(oldest) = waiting.failures.front_mut() {
                oldest.missed += missed;
            }
        }
        wake(waiting);
    }

    fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        wake(waiting);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the reader, who may look at once.
fn wake(mut waiting: MutexGuard<'_, Waiting>) {
    let waker = waiting.waker.take();
    drop(waiting);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl ErrorStream {
    /// The next failed call; `None` when the client and its clones are gone.
    pub async fn next(&mut self) -> Option<Failure> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for ErrorStream {
    type Item = Failure;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Failure>> {
        let mut waiting = self.queue.lock();
        match waiting.failures.pop_front() {
            Some(failure) => Poll::Ready(Some(failure)),
            None if waiting.closed => Poll::Ready(None),
            None => {
                let before = wait(&mut waiting.waker, context.waker());
                drop(waiting);
                drop(before);
                Poll::Pending
            }
        }
    }
}

impl fmt::Debug for ErrorStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ErrorStream")
    }
}
