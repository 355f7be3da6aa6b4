//! The body of an answer, which holds on to what carries it.

use super::address::Address;
use super::connection::Http1;
use super::failure::Via;
use super::load::InFlight;
use crate::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A body until whose end its call counts, and a connection in HTTP/1.1 has no other.
pub(super) struct Carried {
    body: Incoming,
    carrier: Option<Carrier>,
    /// Where it comes from, where that is not plain.
    from: Option<Arc<str>>,
}

/// What carries a body, and counts as busy with it.
pub(super) enum Carrier {
    Http1 {
        connection: Http1,
        address: Arc<Address>,
        _in_flight: InFlight,
    },
    Http2 {
        _in_flight: [InFlight; 2],
    },
}

impl Carried {
    pub(super) fn new(body: Incoming, carrier: Carrier, from: Option<Arc<str>>) -> Self {
        let carrier = Some(carrier);
        Carried {
            body,
            carrier,
            from,
        }
    }

    /// Nothing more comes: the connection is free for another call.
    fn end(&mut self) {
        if let Some(Carrier::Http1 {
            connection,
            address,
            ..
        }) = self.carrier.take()
        {
            address.take_back(connection);
        }
    }
}

impl Body for Carried {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if self.body.is_end_stream() {
                    self.end();
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => {
                self.carrier = None;
                Some(Err(Via::name(self.from.as_ref(), error.into())))
            }
            None => {
                self.end();
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        // A connection whose answer nobody read to its end is closed.
        if self.body.is_end_stream() {
            self.end();
        }
    }
}
