//! A call on its way, whose answers JavaScript asks for.

use super::encoded::Encoded;
use super::error;
use iris_client::{Answering, IrisError, Stream, Streaming};
use js_sys::futures::future_to_promise;
use js_sys::{Promise, Uint8Array};
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use wasm_bindgen::prelude::*;

/// A call on its way. Freeing it cancels the call.
#[wasm_bindgen]
pub struct Going(Rc<RefCell<State>>);

struct State {
    stage: Stage,
    /// Whoever waits for an answer.
    waker: Option<Waker>,
}

type Opening = Pin<Box<dyn Future<Output = Result<Streaming<Encoded>, IrisError>> + Send>>;

/// How far it is.
enum Stage {
    /// One message will come.
    Asking(Answering<Encoded>),
    /// A stream of them will.
    Opening(Opening),
    Open(Streaming<Encoded>),
    Over,
}

impl Going {
    pub(super) fn asking(call: impl IntoFuture<IntoFuture = Answering<Encoded>>) -> Self {
        Going::at(Stage::Asking(call.into_future()))
    }

    pub(super) fn opening(call: impl IntoFuture<IntoFuture = Opening>) -> Self {
        Going::at(Stage::Opening(call.into_future()))
    }

    fn at(stage: Stage) -> Self {
        Going(Rc::new(RefCell::new(State { stage, waker: None })))
    }
}

#[wasm_bindgen]
impl Going {
    /// A promise of the next message's bytes, or of `undefined` where there are no more. It is rejected with what an
    /// `IrisError` is made of.
    pub fn next(&self) -> Promise {
        let state = self.0.clone();
        future_to_promise(poll_fn(move |context| {
            Poll::Ready(match ready!(state.borrow_mut().poll(context)) {
                Some(Ok(Encoded(bytes))) => Ok(Uint8Array::from(&bytes[..]).into()),
                Some(Err(error)) => Err(error::parts(&error)),
                None => Ok(JsValue::UNDEFINED),
            })
        }))
    }
}

impl State {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Encoded, IrisError>>> {
        self.waker = Some(context.waker().clone());
        loop {
            let item = match &mut self.stage {
                Stage::Asking(answering) => {
                    let answer = ready!(Pin::new(answering).poll(context));
                    self.stage = Stage::Over;
                    return Poll::Ready(Some(answer));
                }
                Stage::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(streaming) => {
                        self.stage = Stage::Open(streaming);
                        continue;
                    }
                    Err(error) => Some(Err(error)),
                },
                Stage::Open(streaming) => ready!(Pin::new(streaming).poll_next(context)),
                Stage::Over => None,
            };
            if !matches!(item, Some(Ok(_))) {
                self.stage = Stage::Over;
            }
            return Poll::Ready(item);
        }
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        let stage = std::mem::replace(&mut state.stage, Stage::Over);
        let waker = state.waker.take();
        drop(state);
        // Dropping the call, and waking, run code that may look here.
        drop(stage);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl fmt::Debug for Going {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Going")
    }
}
