//! What is done with an event.

use crate::answer::{Answer, Outcome};
use crate::context::Context;
use crate::failure::Failure;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::pin::Pin;

/// A handler's work on one event.
pub(crate) type Working<'a> = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + 'a>>;

/// Something that answers events.
pub(crate) trait Handler: Send + Sync {
    fn handle(&self, event: Bytes, context: Context) -> Working<'_>;
}

/// An async function of a typed event.
pub(crate) struct Typed<E, F> {
    function: F,
    /// What events are called in messages.
    kind: &'static str,
    event: PhantomData<fn(E)>,
}

impl<E, F> Typed<E, F> {
    pub(crate) fn new(kind: &'static str, function: F) -> Self {
        Typed {
            function,
            kind,
            event: PhantomData,
        }
    }
}

impl<E, F, Fut> Handler for Typed<E, F>
where
    E: DeserializeOwned + Send + 'static,
    F: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future + Send + 'static,
    Fut::Output: Outcome,
{
    fn handle(&self, event: Bytes, context: Context) -> Working<'_> {
        Box::pin(async move {
            let read = serde_json::from_slice(&event);
            let event = read.map_err(|error| bad_event(self.kind, &error))?;
            (self.function)(event, context).await.into_outcome()
        })
    }
}

/// What is told of an event that is not what the handler takes.
pub(crate) fn bad_event(kind: &str, error: &serde_json::Error) -> Failure {
    let message = format!("the event is no {kind}: {error}");
    Failure::new("Runtime.UnmarshalError", message)
}
