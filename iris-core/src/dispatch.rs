//! A request's way to its procedure, and the answer's way back.
//!
//! The order is fixed: path, protocol, deadline, context initializer; then, in the procedure's own
//! code, the remote's filters, the procedure's filters, decoding, the function.

use crate::application::Application;
use crate::incoming::Incoming;
use crate::load::{Load, Place};
use crate::outgoing::{Encoding, Outgoing};
use crate::protocol::{End, Protocol};
use crate::remote::{Procedure, Run};
use crate::request::{Line, Request};
use crate::running::Running;
use crate::wire::compression::Compression;
use crate::{Body, IrisError, Status, code, deadline};
use bytes::Bytes;
use futures_util::FutureExt;
use http::HeaderMap;
use http_body::Frame;
use std::any::Any;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

/// Answers a request to a procedure.
pub(crate) async fn dispatch<C: Send + Sync + 'static>(
    application: &Application<C>,
    procedure: &Procedure<C>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let (mut parts, body) = request.into_parts();
    let protocol = match Protocol::of(&parts, &procedure.spec) {
        Ok(protocol) => protocol,
        Err(refusal) => return refusal.response(),
    };
    let limits = application.limits;
    let timeout = protocol.timeout(&parts.headers);
    let incoming = protocol.incoming(&parts, body, limits.request);
    let encoding = protocol.encoding(&parts.headers, limits);
    let deadline = timeout.as_ref().ok().and_then(|asked| {
        let timeout = limits.timeouts.of(*asked)?;
        Instant::now().checked_add(timeout)
    });
    let place = application.load.as_ref().map(Load::place).transpose();
    let headers = std::mem::take(&mut parts.headers);
    let line = Line {
        method: parts.method,
        uri: parts.uri,
        version: parts.version,
    };
    let request = Request::new(
        procedure.path.clone(),
        line,
        headers,
        parts.extensions,
        deadline,
    );
    let call = match (timeout, incoming, place) {
        (Err(error), ..) | (_, Err(error), _) | (_, _, Err(error)) => Err(error),
        (Ok(_), Ok(incoming), Ok(place)) => Ok(Call {
            application,
            procedure,
            protocol,
            incoming,
            encoding,
            request: request.clone(),
            place,
        }),
    };
    let answered = match call {
        Ok(call) => call.answer().await,
        Err(error) => Err(error),
    };
    answered.unwrap_or_else(|error| {
        let error = told_to(error, &request, limits.plain_errors);
        protocol.failure(&error, request.take_answer())
    })
}

/// Says that nothing is served at `path`, in the caller's protocol where it has one.
pub(crate) fn not_found<C>(
    application: &Application<C>,
    path: &str,
    headers: &HeaderMap,
) -> http::Response<Body> {
    let mut error = IrisError::new(
        code::IRIS_PROCEDURE_NOT_FOUND,
        format!("no procedure answers at {}", shown(path)),
    );
    if application.limits.plain_errors {
        error = error.status_only();
    }
    Protocol::of_unknown(headers).not_found(&error)
}

/// Says that a service beside the remotes failed, in the caller's protocol where it has one.
pub(crate) fn broken(
    cause: Box<dyn Error + Send + Sync>,
    headers: &HeaderMap,
) -> http::Response<Body> {
    let request = Request::detached(headers.clone().into());
    let error = told_to(IrisError::internal(cause), &request, false);
    Protocol::of_unknown(headers).failure(&error, Default::default())
}

/// A caller's text for messages: what cannot be printed is escaped, and no more than a line of it shown.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect()
}

/// A call that is ready to be made.
struct Call<'a, C> {
    application: &'a Application<C>,
    procedure: &'a Procedure<C>,
    protocol: Protocol,
    incoming: Incoming,
    encoding: Encoding,
    request: Request,
    /// Held until the answer has gone out.
    place: Option<Place>,
}

impl<C: Send + Sync + 'static> Call<'_, C> {
    async fn answer(self) -> Result<http::Response<Body>, IrisError> {
        let Call {
            application,
            procedure,
            protocol,
            incoming,
            encoding,
            request,
            place,
        } = self;
        let deadline = request.deadline();
        match &procedure.run {
            Run::Once(run) => {
                let answering = async {
                    let context = application.context(request.clone()).await?;
                    run(context, incoming, encoding).await
                };
                let message = guarded(deadline, answering).await?;
                Ok(protocol.message(message, request.take_answer()))
            }
            Run::Streamed(run) => {
                let context = async { application.context(request.clone()).await };
                let context = guarded(deadline, context).await?;
                let outgoing = Outgoing::new(encoding);
                let answering = guarded(deadline, run(context, incoming, outgoing.clone()));
                let stream = AnswerStream {
                    compression: encoding.compress.map(|compress| compress.compression),
                    plain_errors: application.limits.plain_errors,
                    answering: Running::new(Box::pin(answering), deadline),
                    outgoing,
                    protocol,
                    request,
                    ending: None,
                    _place: place,
                };
                stream.open().await
            }
        }
    }
}

/// Runs user code so that neither a panic nor a passed deadline gets further than its own call.
async fn guarded<T>(
    deadline: Option<Instant>,
    user_code: impl Future<Output = Result<T, IrisError>>,
) -> Result<T, IrisError> {
    let timed = async move {
        match deadline {
            None => user_code.await,
            // What is dropped here may panic too, so the timer runs inside the guard.
            Some(at) => match tokio::time::timeout_at(at.into(), user_code).await {
                Ok(finished) => finished,
                Err(_) => Err(too_late()),
            },
        }
    };
    let guarded = deadline::scope(deadline, AssertUnwindSafe(timed).catch_unwind());
    guarded
        .await
        .unwrap_or_else(|panic| Err(IrisError::internal(panic_message(panic))))
}

pub(crate) fn too_late() -> IrisError {
    IrisError::communication(
        Status::DeadlineExceeded,
        "the deadline passed before the remote had answered",
    )
}

pub(crate) fn panic_message(panic: Box<dyn Any + Send>) -> String {
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => match panic.downcast::<&str>() {
            Ok(message) => (*message).to_owned(),
            Err(panic) => {
                // A type of the user's: dropping it may panic once more.
                std::mem::forget(panic);
                "no message".to_owned()
            }
        },
    };
    format!("panicked: {message}")
}

/// What the caller of this request is told.
fn told_to(error: IrisError, request: &Request, plain: bool) -> IrisError {
    let error = told(error, request.path(), || request.id().to_owned());
    match plain {
        true => error.status_only(),
        false => error,
    }
}

/// What a caller is told. What it is not told goes to the log, under an id that it gets.
pub(crate) fn told(mut error: IrisError, path: &str, id: impl FnOnce() -> String) -> IrisError {
    let source = error.take_source();
    // Showing and dropping it is code of the user's, which may panic.
    let cause = AssertUnwindSafe(|| {
        let cause = Causes(source.as_deref().map(|source| source as _)).to_string();
        drop(source);
        cause
    });
    let cause = std::panic::catch_unwind(cause).unwrap_or_else(panic_message);
    if !error.is_withheld() {
        tracing::debug!(path, code = error.code, status = %error.status, cause, "{}", error.internal_message);
        return error;
    }
    let request_id = id();
    tracing::error!(path, request_id, cause, "{}", error.internal_message);
    error.with_request_id(request_id)
}

/// An error's sources, from the nearest to the root.
struct Causes<'a>(Option<&'a (dyn Error + 'static)>);

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut next = self.0;
        while let Some(cause) = next {
            write!(formatter, "{cause}")?;
            next = cause.source();
            if next.is_some() {
                formatter.write_str(": ")?;
            }
        }
        Ok(())
    }
}

/// A response body that runs the procedure as the connection asks for more.
struct AnswerStream {
    answering: Running,
    outgoing: Outgoing,
    protocol: Protocol,
    compression: Option<Compression>,
    plain_errors: bool,
    request: Request,
    /// Set when the procedure has finished, taken apart frame by frame.
    ending: Option<End>,
    _place: Option<Place>,
}

impl AnswerStream {
    /// Runs the procedure until it answers with a stream. Where it fails before, that is the answer.
    async fn open(self) -> Result<http::Response<Body>, IrisError> {
        let finished = poll_fn(|context| match self.answering.poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if self.outgoing.is_open() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await;
        match finished {
            Some(Err(error)) if !self.outgoing.is_open() => Err(error),
            finished => Ok(self.response(finished)),
        }
    }

    /// The response whose body this is. An error comes after what was already answered.
    fn response(mut self, finished: Option<Result<(), IrisError>>) -> http::Response<Body> {
        let head = self
            .request
            .with_answer(|answer| self.protocol.open(answer, self.compression));
        if let Some(result) = finished {
            self.finish(result);
        }
        let protocol = self.protocol;
        head.map(|()| protocol.body(Body::new(self)))
    }

    fn finish(&mut self, result: Result<(), IrisError>) {
        let told = |error| told_to(error, &self.request, self.plain_errors);
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
        // What was answered while the stream was opened leaves first.
        if let Some(data) = this.outgoing.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if this.ending.is_none() {
            if let Poll::Ready(result) = this.answering.poll(context) {
                this.finish(result);
            }
            if let Some(data) = this.outgoing.take() {
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
