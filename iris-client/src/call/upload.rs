//! A request's messages, encoded as the connection asks for them.

use crate::builder::Settings;
use crate::fault;
use crate::protocol::{self, Compress};
use crate::waiting::wait;
use crate::{BoxError, Format, IrisError, Message, Status};
use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use iris_core::wire::envelope;
use iris_core::{Chunks, Pieces};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

/// Messages that are ready together travel together, up to about this many bytes.
const BATCH: usize = 16 * 1024;

/// What filled one batch gets so much room for the next at once, but no more than this, which may stay unused.
const MOST_FILLED: usize = 2 * BATCH;

pin_project_lite::pin_project! {
    /// A body that takes messages out of a stream when there is room for them on the connection.
    pub(super) struct Upload<S> {
        #[pin]
        messages: S,
        batch: Batch,
        // What waits behind a piece that has left.
        waiting: Chunks,
        fate: Arc<Fate>,
        ended: bool,
    }
}

/// Keeps an [`Upload`] going: dropped before the upload's end, it resets the stream.
///
/// The connection polls the upload in a task of its own, which would otherwise go on after the caller has gone.
#[derive(Debug)]
pub(super) struct UploadGuard(Arc<Fate>);

/// How an upload goes on, as it and its guard know.
#[derive(Debug, Default)]
struct Fate {
    sending: Mutex<Sending>,
    failure: OnceLock<IrisError>,
}

#[derive(Debug, Default)]
struct Sending {
    /// Whether the guard is gone.
    given_up: bool,
    /// Who is to be told of it.
    waker: Option<Waker>,
}

impl UploadGuard {
    /// Why the upload stopped by itself, if it did. The connection tells of it as a mere reset.
    pub(super) fn failure(&self) -> Option<IrisError> {
        self.0.failure.get().cloned()
    }
}

impl Drop for UploadGuard {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

impl Fate {
    fn give_up(&self) {
        let mut sending = self.lock();
        sending.given_up = true;
        let waker = sending.waker.take();
        drop(sending);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the guard is gone; if not, `context` is told once it is.
    fn is_given_up(&self, context: &Context<'_>) -> bool {
        let mut sending = self.lock();
        let before = wait(&mut sending.waker, context.waker());
        let given_up = sending.given_up;
        drop(sending);
        drop(before);
        given_up
    }

    /// Neither value is ever half changed.
    fn lock(&self) -> MutexGuard<'_, Sending> {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What it said is in the log, or wherever else panics are told.
fn panicked() -> IrisError {
    IrisError::communication(Status::Internal, "the stream of requests panicked")
}

/// An upload and its guard.
pub(super) fn upload<S>(messages: S, settings: &Settings) -> (Upload<S>, UploadGuard) {
    let fate = Arc::<Fate>::default();
    let upload = Upload {
        messages,
        batch: Batch {
            format: settings.format(),
            compress: settings.compress,
            pieces: protocol::pieces(settings.compress),
            filled: 0,
        },
        waiting: Chunks::default(),
        fate: fate.clone(),
        ended: false,
    };
    (upload, UploadGuard(fate))
}

impl<S> http_body::Body for Upload<S>
where
    S: Stream,
    S::Item: Message,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        if *this.ended && this.waiting.is_empty() {
            return Poll::Ready(None);
        }
        if this.fate.is_given_up(context) {
            *this.ended = true;
            *this.waiting = Chunks::default();
            return Poll::Ready(Some(Err(fault::cancelled())));
        }
        if let Some(data) = this.waiting.next() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        while !*this.ended && this.batch.pieces.len() < BATCH {
            // It is code of the user's, and the task that runs it here has other calls. A message is encoded where it comes
            // out: to take it along costs more than to encode a short one.
            let polling = AssertUnwindSafe(|| {
                let polled = this.messages.as_mut().poll_next(context);
                polled.map(|message| match message {
                    Some(message) => this.batch.append(&message).map(|()| false),
                    None => Ok(true),
                })
            });
            match catch_unwind(polling).unwrap_or_else(|_| Poll::Ready(Err(panicked()))) {
                Poll::Ready(Ok(ended)) => *this.ended = ended,
                Poll::Ready(Err(error)) => {
                    *this.ended = true;
                    let _ = this.fate.failure.set(error.clone());
                    return Poll::Ready(Some(Err(error.into())));
                }
                Poll::Pending if this.batch.pieces.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        *this.waiting = this.batch.take();
        Poll::Ready(this.waiting.next().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }
}

/// Messages that travel together.
struct Batch {
    format: Format,
    compress: Option<Compress>,
    pieces: Pieces,
    /// How many bytes travelled together the last time, where more of them followed at once.
    filled: usize,
}

impl Batch {
    fn append<M: Message>(&mut self, message: &M) -> Result<(), IrisError> {
        let start = self.pieces.len();
        if start == 0 {
            self.pieces.buffer().reserve(self.filled);
        }
        envelope::append(&mut self.pieces, self.format, message)?;
        if let Some(compress) = self.compress {
            compress.envelope(self.pieces.buffer(), start);
        }
        Ok(())
    }

    fn take(&mut self) -> Chunks {
        self.filled = match self.pieces.buffer().len() {
            length @ BATCH..=MOST_FILLED => length,
            _ => 0,
        };
        self.pieces.split()
    }
}
