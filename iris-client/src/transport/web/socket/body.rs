//! The body of an answer that comes over a socket.

use super::link::Link;
use super::stream::{Piece, Stream};
use crate::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame};
use iris_core::wire::websocket::{self, Reset};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A call from its beginning to the end of its answer. Dropped before that, it is cancelled.
pub(super) struct Calling {
    pub(super) link: Arc<Link>,
    pub(super) id: u32,
    pub(super) stream: Arc<Stream>,
    ended: bool,
}

impl Calling {
    pub(super) fn new(link: Arc<Link>, id: u32, stream: Arc<Stream>) -> Self {
        Calling {
            link,
            id,
            stream,
            ended: false,
        }
    }
}

impl Body for Calling {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let frame = match ready!(self.stream.poll_data(context)) {
            Ok(Some(Piece { data, more })) => {
                if let Some(more) = more {
                    let stream = self.id;
                    self.link.send(websocket::Frame::Window { stream, more });
                }
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            Ok(None) => None,
            Err(failure) => Some(Err(failure.into())),
        };
        self.ended = true;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        self.link.cancel(self.id, Reset::Cancelled);
    }
}
