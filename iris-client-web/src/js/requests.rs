//! A stream of requests that JavaScript gives one by one.

use super::encoded::Encoded;
use bytes::Bytes;
use iris_client::Stream;
use js_sys::futures::{JsFuture, spawn_local};
use js_sys::{Function, Promise, Uint8Array};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use wasm_bindgen::{JsCast, JsValue};

/// The end that the call reads. It may be sent, as nothing of JavaScript's may: a task beside it asks for the requests.
struct Requests(Arc<Shared>);

#[derive(Default)]
struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    /// Whether the call waits for a request.
    asked: bool,
    /// Whether the call is over.
    gone: bool,
    /// A request that came, or the end of them.
    item: Option<Option<Bytes>>,
    call: Option<Waker>,
    task: Option<Waker>,
}

/// The requests of which `next` gives promises. None is asked for before the server takes it.
pub(super) fn given_by(next: Function) -> impl Stream<Item = Encoded> + Send + 'static {
    let shared = Arc::<Shared>::default();
    spawn_local(ask(next, shared.clone()));
    Requests(shared)
}

/// Asks for a request whenever the call waits for one.
async fn ask(next: Function, shared: Arc<Shared>) {
    while poll_fn(|context| shared.poll_asked(context)).await {
        let request = request(&next).await;
        let is_last = request.is_none();
        shared.give(request);
        if is_last {
            return;
        }
    }
}

/// One request. What fails is the end of them: the JavaScript that gives them has then given the call up.
async fn request(next: &Function) -> Option<Bytes> {
    let promise: Promise = next.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok()?;
    let request: Uint8Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    Some(request.to_vec().into())
}

impl Stream for Requests {
    type Item = Encoded;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Encoded>> {
        let mut state = self.0.lock();
        if let Some(item) = state.item.take() {
            return Poll::Ready(item.map(Encoded));
        }
        state.call = Some(context.waker().clone());
        state.asked = true;
        wake(state, |state| state.task.take());
        Poll::Pending
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.gone = true;
        wake(state, |state| state.task.take());
    }
}

impl Shared {
    /// Whether there is a request to ask for; there is none where the call is over.
    fn poll_asked(&self, context: &mut Context<'_>) -> Poll<bool> {
        let mut state = self.lock();
        if state.gone || state.asked {
            return Poll::Ready(!state.gone);
        }
        state.task = Some(context.waker().clone());
        Poll::Pending
    }

    fn give(&self, request: Option<Bytes>) {
        let mut state = self.lock();
        state.asked = false;
        state.item = Some(request);
        wake(state, |state| state.call.take());
    }

    /// Nothing in it is ever half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the other end, which may look at once.
fn wake(mut state: MutexGuard<'_, State>, other: impl FnOnce(&mut State) -> Option<Waker>) {
    let waker = other(&mut state);
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
