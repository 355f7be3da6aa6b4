//! A request's messages, encoded as the connection asks for them.

use crate::builder::Settings;
use crate::protocol::Compress;
use crate::{BoxError, Format, IrisError, Message};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::Frame;
use iris_core::wire::envelope;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Messages that are ready together travel together, up to about this many bytes.
const BATCH: usize = 16 * 1024;

pin_project_lite::pin_project! {
    /// A body that takes messages out of a stream when there is room for them on the connection.
    pub(super) struct Upload<S> {
        #[pin]
        messages: S,
        format: Format,
        compress: Option<Compress>,
        buffer: BytesMut,
        #[pin]
        given_up: oneshot::Receiver<Infallible>,
        failure: Arc<OnceLock<IrisError>>,
        ended: bool,
    }
}

/// Keeps an [`Upload`] going: dropped before the upload's end, it resets the stream.
///
/// The connection polls the upload in a task of its own, which would otherwise go on after the caller has gone.
#[derive(Debug)]
pub(super) struct UploadGuard {
    _keeps_going: oneshot::Sender<Infallible>,
    failure: Arc<OnceLock<IrisError>>,
}

impl UploadGuard {
    /// Why the upload stopped by itself, if it did. The connection tells of it as a mere reset.
    pub(super) fn failure(&self) -> Option<IrisError> {
        self.failure.get().cloned()
    }
}

/// An upload and its guard.
pub(super) fn upload<S>(messages: S, settings: &Settings) -> (Upload<S>, UploadGuard) {
    let (keeps_going, given_up) = oneshot::channel();
    let failure = Arc::new(OnceLock::new());
    let upload = Upload {
        messages,
        format: settings.format,
        compress: settings.compress,
        buffer: BytesMut::new(),
        given_up,
        failure: failure.clone(),
        ended: false,
    };
    let guard = UploadGuard {
        _keeps_going: keeps_going,
        failure,
    };
    (upload, guard)
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
        if *this.ended {
            return Poll::Ready(None);
        }
        if this.given_up.poll(context).is_ready() {
            *this.ended = true;
            let reason = h2::Error::from(h2::Reason::CANCEL);
            return Poll::Ready(Some(Err(reason.into())));
        }
        while this.buffer.len() < BATCH {
            match this.messages.as_mut().poll_next(context) {
                Poll::Ready(Some(message)) => {
                    let start = this.buffer.len();
                    if let Err(error) = envelope::append(this.buffer, *this.format, &message) {
                        *this.ended = true;
                        let _ = this.failure.set(error.clone());
                        return Poll::Ready(Some(Err(error.into())));
                    }
                    if let Some(compress) = this.compress {
                        compress.envelope(this.buffer, start);
                    }
                }
                Poll::Ready(None) => {
                    *this.ended = true;
                    break;
                }
                Poll::Pending if this.buffer.is_empty() => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        let batch = this.buffer.split().freeze();
        Poll::Ready(match batch.is_empty() {
            true => None,
            false => Some(Ok(Frame::data(batch))),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}
