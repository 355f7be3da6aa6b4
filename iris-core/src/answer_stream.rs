//! The body of an answer that is a stream.

use crate::attention::Attention;
use crate::disclosure::disclosed_to;
use crate::outgoing::{BATCH, Outgoing};
use crate::pieces::Chunks;
use crate::protocol::{End, Protocol};
use crate::request::Request;
use crate::stream_run::StreamRun;
use crate::wire::compression::Compression;
use crate::{Body, IrisError};
use bytes::Bytes;
use http_body::Frame;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A response body that runs the procedure as the connection asks for more.
pub(crate) struct AnswerStream {
    pub(crate) running: StreamRun,
    pub(crate) attention: Attention,
    pub(crate) outgoing: Outgoing,
    pub(crate) protocol: Protocol,
    pub(crate) compression: Option<Compression>,
    pub(crate) plain_errors: bool,
    pub(crate) request: Request,
    /// What was answered and waits to leave: while the stream was opened, or behind a piece that has left.
    pub(crate) waiting: Chunks,
    /// Set when the procedure has finished, taken apart frame by frame.
    pub(crate) ending: Option<End>,
}

impl AnswerStream {
    /// Runs the procedure until it answers with a stream. Where it fails before, that is the answer.
    pub(crate) async fn open(self) -> Result<http::Response<Body>, IrisError> {
        let finished = poll_fn(|context| match self.poll_running(context) {
            Some(Poll::Ready(result)) => Poll::Ready(Some(result)),
            Some(Poll::Pending) if self.outgoing.is_open() => Poll::Ready(None),
            _ => Poll::Pending,
        })
        .await;
        match finished {
            Some(Err(error)) if !self.outgoing.is_open() => Err(error),
            finished => Ok(self.response(finished)),
        }
    }

    /// The response whose body this is. An error comes after what was already answered.
    fn response(mut self, finished: Option<Result<(), IrisError>>) -> http::Response<Body> {
        self.take();
        let head = self
            .request
            .with_answer(|answer| self.protocol.open(answer, self.compression));
        if let Some(result) = finished {
            self.finish(result);
        }
        let protocol = self.protocol;
        head.map(|()| protocol.body(Body::new(self)))
    }

    /// Runs the procedure, where it was woken.
    fn poll_running(&self, context: &Context<'_>) -> Option<Poll<Result<(), IrisError>>> {
        let mut context = self.attention.due(context)?;
        Some(self.running.poll(&mut context))
    }

    /// Takes what the procedure has answered. Where it waits for that to leave, it goes on now.
    fn take(&mut self) {
        self.waiting = self.outgoing.take();
        if self.waiting.len() >= BATCH {
            self.attention.go_on();
        }
    }

    fn finish(&mut self, result: Result<(), IrisError>) {
        let told = |error| disclosed_to(error, &self.request, self.plain_errors);
        let error = result.err().map(told);
        self.ending = Some(
            self.protocol
                .end(error.as_ref(), self.request.take_answer()),
        );
    }
}

impl http_body::Body for AnswerStream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        if let Some(data) = this.waiting.next() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if this.ending.is_none() {
            match this.poll_running(context) {
                Some(Poll::Ready(result)) => this.finish(result),
                Some(Poll::Pending) => {}
                None => return Poll::Pending,
            }
            this.take();
            if let Some(data) = this.waiting.next() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
        }
        let Some(ending) = &mut this.ending else {
            return Poll::Pending;
        };
        let frame = match ending.data.take() {
            Some(data) => Some(Frame::data(data)),
            None => ending.trailers.take().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }
}
