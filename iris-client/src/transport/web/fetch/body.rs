//! The body of an answer, read as it arrives.

use super::exchange::Exchange;
use crate::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A body that the browser is asked for piece by piece, so that a slow reader slows the server down. Dropped before its
/// end, it aborts the request.
pub(super) struct FetchBody {
    /// `None` once it ended.
    exchange: Option<Exchange>,
    /// In bytes, where it is known.
    length: Option<u64>,
}

impl FetchBody {
    pub(super) fn new(exchange: Exchange, length: Option<u64>) -> Self {
        FetchBody {
            exchange: Some(exchange),
            length,
        }
    }
}

impl Body for FetchBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(exchange) = &self.exchange else {
            return Poll::Ready(None);
        };
        let frame = match ready!(exchange.poll_piece(context)) {
            Ok(Some(piece)) => {
                let left = self.length;
                self.length = left.map(|left| left.saturating_sub(piece.len() as u64));
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            Ok(None) => None,
            Err(failure) => Some(Err(failure.into())),
        };
        self.exchange = None;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.exchange.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.exchange, self.length) {
            (None, _) => SizeHint::with_exact(0),
            (_, Some(length)) => SizeHint::with_exact(length),
            (_, None) => SizeHint::default(),
        }
    }
}
