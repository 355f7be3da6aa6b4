//! A body that arrives in pieces.

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Cuts bytes into pieces of these lengths; what is left is the last one.
pub(crate) fn cut(mut bytes: Bytes, lengths: &[usize]) -> Vec<Bytes> {
    let mut pieces: Vec<Bytes> = lengths
        .iter()
        .map(|length| bytes.split_to((*length).min(bytes.len())))
        .collect();
    pieces.push(bytes);
    pieces
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    Data,
    Trailers,
    /// It breaks off.
    Error,
}

impl Last {
    pub(crate) const ALL: [Last; 3] = [Last::Data, Last::Trailers, Last::Error];
}

/// A body of these pieces; before each, it makes its reader wait once.
#[derive(Debug)]
pub(crate) struct Chunks {
    pieces: VecDeque<Bytes>,
    last: Option<Last>,
    trailers: HeaderMap,
    waits: bool,
}

impl Chunks {
    pub(crate) fn new(pieces: Vec<Bytes>, last: Last) -> Self {
        Chunks {
            pieces: pieces.into(),
            last: Some(last),
            trailers: HeaderMap::new(),
            waits: true,
        }
    }

    /// The same, which ends with these where it ends with trailers.
    pub(crate) fn with_trailers(mut self, trailers: HeaderMap) -> Self {
        self.trailers = trailers;
        self
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        this.waits = !this.waits;
        if !this.waits {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(piece) = this.pieces.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        Poll::Ready(match this.last.take() {
            None | Some(Last::Data) => None,
            Some(Last::Trailers) => Some(Ok(Frame::trailers(std::mem::take(&mut this.trailers)))),
            Some(Last::Error) => Some(Err(io::Error::other("the peer went away"))),
        })
    }
}
