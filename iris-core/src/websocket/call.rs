//! One call: the application's answer to a stream's request, in pieces.

use super::outbox::{Piece, Pieces};
use super::stream::Stream;
use crate::Body;
use crate::wire::websocket::{Reset, write_response};
use bytes::Bytes;
use futures_util::task::AtomicWaker;
use http::Response;
use http::header::{CONNECTION, TRANSFER_ENCODING, UPGRADE};
use http_body::Body as _;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

type Work = Pin<Box<dyn Future<Output = Result<(), Reset>> + Send>>;

/// A call that runs on its socket's task.
pub(super) struct Call {
    stream: u32,
    /// `None` once it was dropped.
    work: Option<Work>,
    cut: Arc<Cut>,
}

/// Ends a call at once.
#[derive(Default)]
pub(super) struct Cut {
    done: AtomicBool,
    call: AtomicWaker,
}

impl Cut {
    /// Has the call dropped when the socket looks at its calls next, which is at once.
    pub(super) fn now(&self) {
        self.done.store(true, Ordering::Release);
        self.call.wake();
    }
}

impl Call {
    pub(super) fn new(
        stream: u32,
        work: impl Future<Output = Result<(), Reset>> + Send + 'static,
    ) -> (Self, Arc<Cut>) {
        let cut = Arc::new(Cut::default());
        let call = Call {
            stream,
            work: Some(Box::pin(work)),
            cut: cut.clone(),
        };
        (call, cut)
    }

    /// Drops the work, whatever its destructors do: other calls run on the same task.
    fn give_up(&mut self) {
        let work = self.work.take();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(work))) {
            // A type of the user's: dropping it may panic once more.
            std::mem::forget(panic);
        }
    }
}

impl Future for Call {
    /// The stream, and the reason to reset it with, where its answer has no end.
    type Output = (u32, Result<(), Reset>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.cut.call.register(context.waker());
        let over = (this.stream, Ok(()));
        if this.cut.done.load(Ordering::Acquire) {
            this.give_up();
            return Poll::Ready(over);
        }
        let Some(work) = &mut this.work else {
            return Poll::Ready(over);
        };
        // The application's own code is guarded already; services beside it and their bodies are not.
        let result = match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(result)) => result,
            Err(panic) => {
                std::mem::forget(panic);
                tracing::error!(stream = this.stream, "an answer over a socket panicked");
                Err(Reset::Internal)
            }
        };
        this.give_up();
        Poll::Ready((this.stream, result))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// Sends an answer, as fast as its caller reads.
///
/// The body is asked for more once its last piece has found room: so its procedure is held back where the caller is slow.
pub(super) async fn send(
    response: Response<Body>,
    stream: &Stream,
    pieces: &Pieces,
) -> Result<(), Reset> {
    let (mut parts, mut body) = response.into_parts();
    for name in [CONNECTION, TRANSFER_ENCODING, UPGRADE] {
        parts.headers.remove(name);
    }
    let head = write_response(parts.status, &parts.headers).map_err(|error| {
        tracing::error!(%error, "an answer is too large for a socket");
        Reset::Internal
    })?;
    let mut head = Some(head);
    loop {
        let next = match head {
            // What is there already leaves together with the head.
            Some(_) if body.is_end_stream() => Some(Next::End),
            Some(_) => at_once(&mut body).await,
            None => {
                stream.room().await;
                Some(next(&mut body).await)
            }
        };
        let (mut data, ended) = match next {
            None => (Bytes::new(), false),
            Some(Next::Data(data)) => {
                let ended = body.is_end_stream();
                (data, ended)
            }
            Some(Next::End) => (Bytes::new(), true),
            Some(Next::Broken) => return Err(Reset::Internal),
        };
        loop {
            if !data.is_empty() {
                stream.room().await;
            }
            let part = data.split_to(stream.take(data.len()));
            let last = ended && data.is_empty();
            if head.is_some() || last || !part.is_empty() {
                let piece = Piece {
                    stream: stream.id,
                    head: head.take(),
                    data: part,
                    last,
                };
                // Where nobody takes it the socket is gone, and this call with it.
                let _ = pieces.send(piece).await;
            }
            if data.is_empty() {
                break;
            }
        }
        if ended {
            return Ok(());
        }
    }
}

/// What comes next of a body. Trailers do not: Connect has none.
enum Next {
    Data(Bytes),
    End,
    Broken,
}

async fn next(body: &mut Body) -> Next {
    poll_fn(|context| poll_next(body, context)).await
}

/// What comes next, if it is there.
async fn at_once(body: &mut Body) -> Option<Next> {
    poll_fn(|context| match poll_next(body, context) {
        Poll::Ready(next) => Poll::Ready(Some(next)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

fn poll_next(body: &mut Body, context: &mut Context<'_>) -> Poll<Next> {
    loop {
        return Poll::Ready(match Pin::new(&mut *body).poll_frame(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => Next::End,
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Next::Data(data),
                Err(_) => continue,
            },
            Poll::Ready(Some(Err(error))) => {
                tracing::debug!(error, "an answer over a socket broke off");
                Next::Broken
            }
        });
    }
}
