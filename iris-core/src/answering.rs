//! An answer to a request: at hand, or being made.

use crate::Body;
use futures_util::future::Either;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

/// An answer: at hand, or being made.
///
/// All that making one needs is in one allocation from the beginning. Futures are moved often before they
/// are first polled, by the HTTP stack above all; this one is small.
pub(crate) struct Answering(Either<Ready<http::Response<Body>>, BoxFuture<http::Response<Body>>>);

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Answering {
    pub(crate) fn ready(response: http::Response<Body>) -> Self {
        Answering(Either::Left(ready(response)))
    }

    pub(crate) fn running(future: BoxFuture<http::Response<Body>>) -> Self {
        Answering(Either::Right(future))
    }
}

impl Future for Answering {
    type Output = http::Response<Body>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}
