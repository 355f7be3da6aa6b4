//! A request's body as it arrives, from a caller who may stop in the middle of it.

use super::pace::Pace;
#[cfg(feature = "websocket")]
use crate::websocket::Inbox;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

type BoxError = Box<dyn Error + Send + Sync>;

/// A body that fails where its next bytes do not come in time.
///
/// Only time spent waiting for the caller counts: a procedure that does not read has all the time it wants.
pub(crate) struct Received {
    /// `None` once it was given back.
    source: Option<Source>,
    timeout: Duration,
    waiting: Waiting,
    timer: Option<Pin<Box<Sleep>>>,
    /// The caller may pause between messages for as long as it likes.
    pauses: bool,
    /// A message has begun that is not all there.
    within_message: bool,
    /// The same two, as somebody knows them who has this body in another.
    pace: Option<Arc<Pace>>,
    /// Where somebody wants to know what was not read.
    rest: Option<Arc<Rest>>,
}

/// Where the bytes come from.
enum Source {
    Http(Incoming),
    #[cfg(feature = "websocket")]
    WebSocket(Inbox),
}

impl Source {
    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self {
            Source::Http(incoming) => {
                let polled = Pin::new(incoming).poll_frame(context);
                polled.map_err(Into::into)
            }
            #[cfg(feature = "websocket")]
            Source::WebSocket(inbox) => inbox.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Source::Http(incoming) => incoming.is_end_stream(),
            #[cfg(feature = "websocket")]
            Source::WebSocket(inbox) => inbox.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Source::Http(incoming) => incoming.size_hint(),
            #[cfg(feature = "websocket")]
            Source::WebSocket(_) => SizeHint::default(),
        }
    }
}

/// How far waiting for the next bytes has come.
#[derive(PartialEq)]
enum Waiting {
    No,
    /// The bytes were not there when first asked for. Mostly they are a moment later, since HTTP/1.1
    /// reads them when it is asked to: then no timer has to be set up and taken down.
    AMoment,
    /// Since then.
    Since(Instant),
}

impl Received {
    pub(crate) fn new(incoming: Incoming, timeout: Duration) -> Self {
        Received::of(Source::Http(incoming), timeout)
    }

    /// The body of a request that is a stream of a WebSocket.
    #[cfg(feature = "websocket")]
    pub(crate) fn over_websocket(inbox: Inbox, timeout: Duration) -> Self {
        Received::of(Source::WebSocket(inbox), timeout)
    }

    fn of(source: Source, timeout: Duration) -> Self {
        Received {
            source: Some(source),
            timeout,
            waiting: Waiting::No,
            timer: None,
            pauses: false,
            within_message: false,
            pace: None,
            rest: None,
        }
    }

    /// Leaves to `rest` what was not read when this is dropped.
    pub(crate) fn leave(mut self, rest: Option<Arc<Rest>>) -> Self {
        self.rest = rest;
        self
    }

    /// This body is a stream of messages, and its sender may be quiet between them.
    pub(crate) fn allow_pauses(&mut self) {
        self.pauses = true;
    }

    pub(crate) fn set_within_message(&mut self, within: bool) {
        self.within_message = within;
    }

    /// What to say both with once this body is in another.
    pub(crate) fn share_pace(&mut self) -> Arc<Pace> {
        self.pace.get_or_insert_default().clone()
    }

    /// Whether the sender may be quiet now.
    fn may_pause(&self) -> bool {
        (self.pauses && !self.within_message) || self.pace.as_deref().is_some_and(Pace::is_free)
    }

    pub(crate) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(source) = &mut self.source else {
            return Poll::Ready(None);
        };
        let polled = source.poll_frame(context);
        if self.rest.is_some()
            && (matches!(polled, Poll::Ready(None)) || source.is_end_stream())
            && let Some(rest) = self.rest.take()
        {
            rest.set(Left::Nothing);
        }
        if polled.is_ready() || self.may_pause() {
            self.waiting = Waiting::No;
            return polled;
        }
        match self.waiting {
            Waiting::No => {
                self.waiting = Waiting::AMoment;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Waiting::AMoment => self.waiting = Waiting::Since(Instant::now()),
            Waiting::Since(_) => {}
        }
        ready!(self.poll_timeout(context));
        let why = format!("no more of the body came for {:?}", self.timeout);
        Poll::Ready(Some(Err(
            io::Error::new(io::ErrorKind::TimedOut, why).into()
        )))
    }

    /// Whether nothing came for too long. The timer runs on while bytes come, and is set anew when it has run down:
    /// a large body would set it a hundred times.
    fn poll_timeout(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Waiting::Since(since) = self.waiting else {
            return Poll::Pending;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(self.timeout)));
        loop {
            ready!(timer.as_mut().poll(context));
            match since.checked_add(self.timeout) {
                Some(end) if end > Instant::now() => timer.as_mut().reset(end),
                _ => return Poll::Ready(()),
            }
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.source.as_ref().is_none_or(Source::is_end_stream)
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        let source = self.source.as_ref();
        source.map_or_else(|| SizeHint::with_exact(0), Source::size_hint)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let (Some(rest), Some(Source::Http(incoming))) = (self.rest.take(), self.source.take()) {
            rest.set(Left::Unread(incoming));
        }
    }
}

/// What was not read of a request when its answer was there.
#[derive(Default)]
pub(crate) struct Rest(Mutex<Left>);

#[derive(Default)]
enum Left {
    /// Somebody holds the body.
    #[default]
    Held,
    Nothing,
    Unread(Incoming),
}

/// How many bytes are read for nobody, so that their connection can take another request.
const LITTLE: u64 = 64 * 1024;

/// How long they may take.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Rest {
    fn set(&self, left: Left) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }

    /// Reads the rest, where it `comes` by itself, is little and says how long it is. Whether all was read then.
    ///
    /// Of a body of unknown length the rest may depend on the answer.
    pub(crate) async fn read(&self, comes: bool) -> bool {
        let left = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut incoming = match left {
            Left::Nothing => return true,
            Left::Held => return false,
            Left::Unread(incoming) => incoming,
        };
        let length = incoming.size_hint().exact();
        if !comes || length.is_none_or(|length| length > LITTLE) {
            return false;
        }
        let reading = async {
            while let Some(frame) =
                poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await
            {
                if frame.is_err() {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(A_MOMENT, reading)
            .await
            .unwrap_or(false)
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Received").finish_non_exhaustive()
    }
}
