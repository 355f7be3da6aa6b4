//! What a caller and the page's task say to each other.

use super::{Sending, task};
use crate::transport::Failure;
use crate::waiting::wait;
use bytes::Bytes;
use http::Response;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The caller's end. Dropping it aborts the request.
#[derive(Debug)]
pub(super) struct Exchange(Arc<Shared>);

/// The task's end.
#[derive(Debug)]
pub(super) struct Answering(Arc<Shared>);

/// The body of an answer whose head is there.
#[derive(Debug)]
pub(super) enum Content {
    Whole(Bytes),
    /// It is asked for piece by piece.
    Stream {
        /// In bytes, where it is known.
        length: Option<u64>,
    },
}

#[derive(Debug, Default)]
struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    head: Option<Result<Response<Content>, Failure>>,
    /// `None` at the end.
    piece: Option<Result<Option<Bytes>, Failure>>,
    /// Whether the caller waits for a piece.
    asked: bool,
    /// Whether the caller has gone.
    gone: bool,
    caller: Option<Waker>,
    task: Option<Waker>,
}

impl Exchange {
    pub(super) fn begin(sending: Sending) -> Self {
        let shared = Arc::<Shared>::default();
        js_sys::futures::spawn_local(task::run(sending, Answering(shared.clone())));
        Exchange(shared)
    }

    pub(super) fn poll_head(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Response<Content>, Failure>> {
        let mut state = self.0.lock();
        match state.head.take() {
            Some(head) => Poll::Ready(head),
            None => {
                let before = wait(&mut state.caller, context.waker());
                drop(state);
                drop(before);
                Poll::Pending
            }
        }
    }

    /// The next piece of the body; `None` at its end.
    pub(super) fn poll_piece(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, Failure>> {
        let mut state = self.0.lock();
        match state.piece.take() {
            Some(piece) => Poll::Ready(piece),
            None => {
                let before = wait(&mut state.caller, context.waker());
                state.asked = true;
                let task = state.task.take();
                wake(state, task);
                drop(before);
                Poll::Pending
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.gone = true;
        let task = state.task.take();
        wake(state, task);
    }
}

impl Answering {
    pub(super) fn head(&self, head: Result<Response<Content>, Failure>) {
        let mut state = self.0.lock();
        state.head = Some(head);
        let caller = state.caller.take();
        wake(state, caller);
    }

    pub(super) fn piece(&self, piece: Result<Option<Bytes>, Failure>) {
        let mut state = self.0.lock();
        state.asked = false;
        state.piece = Some(piece);
        let caller = state.caller.take();
        wake(state, caller);
    }

    /// Waits until a piece is asked for. `None` where the caller has gone.
    pub(super) async fn asked(&self) -> Option<()> {
        let asked = std::future::poll_fn(|context| {
            let mut state = self.0.lock();
            match state.asked {
                true => Poll::Ready(()),
                false => {
                    let before = wait(&mut state.task, context.waker());
                    drop(state);
                    drop(before);
                    Poll::Pending
                }
            }
        });
        self.unless_gone(asked).await
    }

    /// What a future gives. `None` where the caller goes before.
    pub(super) async fn unless_gone<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            let mut state = self.0.lock();
            match state.gone {
                true => Poll::Ready(None),
                false => {
                    let before = wait(&mut state.task, context.waker());
                    drop(state);
                    drop(before);
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Shared {
    /// Nothing in it is ever half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the other end, which may look at once.
fn wake(state: MutexGuard<'_, State>, waker: Option<Waker>) {
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
