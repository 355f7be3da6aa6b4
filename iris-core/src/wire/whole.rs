//! A body that is one message.

use crate::Body;
use crate::wire::room::room;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Reads a body to its end, no further than a limit. One that comes in one piece is not copied.
#[derive(Debug)]
pub struct Whole {
    body: Body,
    limit: usize,
    first: Bytes,
    rest: BytesMut,
}

/// Why a body could not be read to its end.
#[derive(Debug)]
pub enum WholeError {
    /// It announces, or has, more bytes than allowed. What is left of it was not read.
    TooLarge {
        /// The bytes it has at least.
        length: usize,
        /// The bytes that are allowed.
        limit: usize,
    },
    /// It failed: the peer went away or reset the stream.
    Body(Box<dyn std::error::Error + Send + Sync>),
}

impl Whole {
    /// Reads `body`, refusing more than `limit` bytes.
    pub fn new(body: Body, limit: usize) -> Self {
        Whole {
            body,
            limit,
            first: Bytes::new(),
            rest: BytesMut::new(),
        }
    }

    /// All of the body, for which room is made as it comes; its trailers are passed over. Once ready, there is nothing
    /// more to ask for.
    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes, WholeError>> {
        let announced = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > self.limit {
            return Poll::Ready(Err(self.too_large(announced)));
        }
        while let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) {
            let Ok(data) = frame.map_err(WholeError::Body)?.into_data() else {
                continue;
            };
            let length = self.first.len() + self.rest.len() + data.len();
            if length > self.limit {
                return Poll::Ready(Err(self.too_large(length)));
            }
            if self.first.is_empty() && self.rest.is_empty() {
                self.first = data;
                continue;
            }
            if length > self.rest.capacity() {
                let left = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
                let room = room(length, length.saturating_add(left));
                self.rest.reserve(room - self.rest.len());
            }
            let first = std::mem::take(&mut self.first);
            self.rest.extend_from_slice(&first);
            self.rest.extend_from_slice(&data);
        }
        Poll::Ready(Ok(match self.rest.is_empty() {
            true => std::mem::take(&mut self.first),
            false => std::mem::take(&mut self.rest).freeze(),
        }))
    }

    fn too_large(&self, length: usize) -> WholeError {
        WholeError::TooLarge {
            length,
            limit: self.limit,
        }
    }
}

impl fmt::Display for WholeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WholeError::TooLarge { length, limit } => write!(
                formatter,
                "the message has at least {length} bytes, more than the limit of {limit}"
            ),
            WholeError::Body(error) => write!(formatter, "the body broke off: {error}"),
        }
    }
}

impl std::error::Error for WholeError {}
