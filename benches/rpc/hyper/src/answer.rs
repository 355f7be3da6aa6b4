//! The bodies of answers.

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The body of an answer.
#[derive(Debug)]
pub enum Answer {
    /// All of it, and what ends it.
    Whole {
        /// What is left to be sent.
        data: Option<Bytes>,
        /// What ends a gRPC call.
        trailers: Option<HeaderMap>,
    },
    /// The same bytes several times, and what ends them.
    Repeated {
        /// What is sent.
        data: Bytes,
        /// How often it is still sent.
        left: usize,
        /// What is sent after it.
        end: Box<Answer>,
    },
    /// What comes in, as it comes, and what ends it.
    Through {
        /// What comes in.
        incoming: Incoming,
        /// What is sent after it.
        end: Box<Answer>,
    },
}

impl Answer {
    /// A body of these bytes alone.
    #[must_use]
    pub fn data(data: Bytes) -> Self {
        Answer::Whole {
            data: Some(data),
            trailers: None,
        }
    }

    fn ended(end: &mut Answer) -> Self {
        std::mem::replace(
            end,
            Answer::Whole {
                data: None,
                trailers: None,
            },
        )
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        loop {
            let next = match &mut *self {
                Answer::Whole { data, trailers } => {
                    let data = data.take().map(Frame::data);
                    return Poll::Ready(
                        data.or_else(|| trailers.take().map(Frame::trailers))
                            .map(Ok),
                    );
                }
                Answer::Repeated { data, left, end } => {
                    if let Some(fewer) = left.checked_sub(1) {
                        *left = fewer;
                        return Poll::Ready(Some(Ok(Frame::data(data.clone()))));
                    }
                    Answer::ended(end)
                }
                Answer::Through { incoming, end } => {
                    match ready!(Pin::new(incoming).poll_frame(context)) {
                        Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                        Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                        _ => Answer::ended(end),
                    }
                }
            };
            *self = next;
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(
            self,
            Answer::Whole {
                data: None,
                trailers: None
            }
        )
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Whole {
                data: Some(data), ..
            } => SizeHint::with_exact(data.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
