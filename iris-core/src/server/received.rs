//! A request's body as it arrives, from a caller who may stop in the middle of it.

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

type BoxError = Box<dyn Error + Send + Sync>;

/// A body that fails where its next bytes do not come in time.
///
/// Only time spent waiting for the caller counts: a procedure that does not read has all the time it wants.
pub(crate) struct Received {
    incoming: Incoming,
    timeout: Duration,
    waiting: Waiting,
    timer: Option<Pin<Box<Sleep>>>,
    /// The caller may pause between messages for as long as it likes.
    pauses: bool,
    /// A message has begun that is not all there.
    within_message: bool,
    /// Where somebody wants to know, told once all of the body was read.
    read: Option<Arc<AtomicBool>>,
}

/// How far waiting for the next bytes has come.
#[derive(PartialEq)]
enum Waiting {
    No,
    /// The bytes were not there when first asked for. Mostly they are a moment later, since HTTP/1.1
    /// reads them when it is asked to: then no timer has to be set up and taken down.
    AMoment,
    /// The timer runs.
    Timed,
}

impl Received {
    pub(crate) fn new(incoming: Incoming, timeout: Duration) -> Self {
        Received {
            incoming,
            timeout,
            waiting: Waiting::No,
            timer: None,
            pauses: false,
            within_message: false,
            read: None,
        }
    }

    /// Tells `read` once all of the body was read.
    pub(crate) fn tell(mut self, read: Option<Arc<AtomicBool>>) -> Self {
        self.read = read;
        self
    }

    /// This body is a stream of messages, and its sender may be quiet between them.
    pub(crate) fn allow_pauses(&mut self) {
        self.pauses = true;
    }

    pub(crate) fn set_within_message(&mut self, within: bool) {
        self.within_message = within;
    }

    pub(crate) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(context);
        if self.read.is_some()
            && (matches!(polled, Poll::Ready(None)) || self.incoming.is_end_stream())
            && let Some(read) = self.read.take()
        {
            read.store(true, Ordering::Relaxed);
        }
        if polled.is_ready() || (self.pauses && !self.within_message) {
            self.waiting = Waiting::No;
            return polled.map_err(Into::into);
        }
        match self.waiting {
            Waiting::No => {
                self.waiting = Waiting::AMoment;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Waiting::AMoment => {
                self.waiting = Waiting::Timed;
                let at = Instant::now().checked_add(self.timeout);
                match (&mut self.timer, at) {
                    (Some(timer), Some(at)) => timer.as_mut().reset(at),
                    _ => self.timer = Some(Box::pin(tokio::time::sleep(self.timeout))),
                }
            }
            Waiting::Timed => {}
        }
        let Some(timer) = &mut self.timer else {
            return Poll::Pending;
        };
        ready!(timer.as_mut().poll(context));
        let why = format!("no more of the body came for {:?}", self.timeout);
        Poll::Ready(Some(Err(
            io::Error::new(io::ErrorKind::TimedOut, why).into()
        )))
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Received").finish_non_exhaustive()
    }
}
