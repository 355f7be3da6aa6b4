//! Every failed call of a client, in one place.

use crate::IrisError;
use futures_core::Stream;
use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

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
    next: Next,
}

type Next = Pin<Box<dyn Future<Output = (Option<Failure>, Receiver<Failure>)> + Send>>;

/// The sending end, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Failures(Sender<Failure>);

impl Failures {
    pub(crate) fn new() -> Self {
        Failures(broadcast::channel(KEPT).0)
    }

    pub(crate) fn subscribe(&self) -> ErrorStream {
        ErrorStream {
            next: Box::pin(receive(self.0.subscribe())),
        }
    }

    /// Tells all readers. Costs nothing but a look while there are none.
    pub(crate) fn tell(&self, path: Cow<'static, str>, error: &IrisError) {
        if self.0.receiver_count() > 0 {
            // It fails only where the last reader has just gone.
            let _ = self.0.send(Failure {
                path,
                error: error.clone(),
                missed: 0,
            });
        }
    }
}

async fn receive(mut receiver: Receiver<Failure>) -> (Option<Failure>, Receiver<Failure>) {
    let mut missed = 0;
    let failure = loop {
        match receiver.recv().await {
            Ok(failure) => break Some(Failure { missed, ..failure }),
            Err(RecvError::Lagged(lost)) => missed += lost,
            Err(RecvError::Closed) => break None,
        }
    };
    (failure, receiver)
}

impl ErrorStream {
    /// The next failed call; `None` when the client and its clones are gone.
    pub async fn next(&mut self) -> Option<Failure> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for ErrorStream {
    type Item = Failure;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Failure>> {
        let (failure, receiver) = ready!(self.next.as_mut().poll(context));
        self.next = Box::pin(receive(receiver));
        Poll::Ready(failure)
    }
}

impl fmt::Debug for ErrorStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ErrorStream")
    }
}
