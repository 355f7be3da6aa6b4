//! A request's way to its procedure, and the answer's way back.
//!
//! The order is fixed: path, protocol, deadline, context initializer; then, in the procedure's own
//! code, the remote's filters, the procedure's filters, decoding, the function.

use crate::application::Application;
use crate::incoming::Incoming;
use crate::load::{Load, Place};
use crate::observe::{Watch, watched};
use crate::outgoing::{Encoding, Outgoing};
use crate::peer::Caller;
use crate::protocol::{End, Protocol};
use crate::remote::{Procedure, Run};
use crate::request::{Line, REQUEST_ID, Request};
use crate::running::Running;
use crate::wire::compression::Compression;
use crate::{Body, IrisError, Status, code, deadline};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::Either;
use http::header::{HeaderMap, HeaderValue};
use http_body::Frame;
use std::any::Any;
use std::error::Error;
use std::future::{Future, Ready, poll_fn, ready};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

/// An answer: at hand, or being made.
///
/// All that making one needs is in one allocation from the beginning. Futures are moved often before they
/// are first polled, by the HTTP stack above all; this one is small.
pub(crate) struct Answering(Either<Ready<http::Response<Body>>, BoxFuture<http::Response<Body>>>);

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Answering {
    pub(crate) fn ready(response: http::Response<Body>) -> Self {
        Answering(Either::Left(ready(response)))
    }

    pub(crate) fn running(future: BoxFuture<http::Response<Body>>) -> Self {
        Answering(Either::Right(future))
    }
}

impl Future for Answering {
    type Output = http::Response<Body>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// Answers a request to a procedure.
pub(crate) fn dispatch<C: Send + Sync + 'static>(
    application: &Arc<Application<C>>,
    procedure: &Arc<Procedure<C>>,
    request: http::Request<Body>,
    caller: Option<Arc<Caller>>,
) -> Answering {
    let (mut parts, body) = request.into_parts();
    let protocol = match Protocol::of(&parts, &procedure.spec) {
        Ok(protocol) => protocol,
        Err(refusal) => return Answering::ready(refusal.response()),
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
        caller,
        parts.extensions,
        deadline,
    );
    let watch = match application.observers.is_empty() {
        true => None,
        false => Watch::begin(&application.observers, &request, protocol.name()),
    };
    let answering = match (timeout, incoming, place) {
        (Err(error), ..) | (_, Err(error), _) | (_, _, Err(error)) => {
            Answering::ready(failure(error, protocol, &request, limits.plain_errors))
        }
        (Ok(_), Ok(incoming), Ok(place)) => {
            let call = Call {
                application: application.clone(),
                procedure: procedure.clone(),
                protocol,
                incoming,
                encoding,
                request,
                place,
            };
            Answering::running(Box::pin(call.answer()))
        }
    };
    match watch {
        None => answering,
        Some(watch) => watched(watch, answering),
    }
}

/// The response of a call that failed before anything was sent.
fn failure(
    error: IrisError,
    protocol: Protocol,
    request: &Request,
    plain: bool,
) -> http::Response<Body> {
    let error = told_to(error, request, plain);
    protocol.failure(&error, request.take_answer())
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
    protocol: Protocol,
    id: Option<HeaderValue>,
    plain: bool,
) -> http::Response<Body> {
    let headers: HeaderMap = id.map(|id| (REQUEST_ID, id)).into_iter().collect();
    let request = Request::detached(headers.into());
    let error = told_to(IrisError::internal(cause), &request, plain);
    protocol.failure(&error, Default::default())
}

/// A caller's text for messages: what cannot be printed is escaped, and no more than a line of it shown.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect()
}

/// A call that is ready to be made.
struct Call<C> {
    application: Arc<Application<C>>,
    procedure: Arc<Procedure<C>>,
    protocol: Protocol,
    incoming: Incoming,
    encoding: Encoding,
    request: Request,
    /// Held for as long as the procedure runs.
    place: Option<Place>,
}

impl<C: Send + Sync + 'static> Call<C> {
    async fn answer(self) -> http::Response<Body> {
        let (protocol, request) = (self.protocol, self.request.clone());
        let plain = self.application.limits.plain_errors;
        self.try_answer()
            .await
            .unwrap_or_else(|error| failure(error, protocol, &request, plain))
    }

    async fn try_answer(self) -> Result<http::Response<Body>, IrisError> {
        let deadline = self.request.deadline();
        match &self.procedure.run {
            Run::Once(run) => {
                let answering = async {
                    let context = self.application.context(self.request.clone()).await?;
                    run(context, self.incoming, self.encoding).await
                };
                let message = guarded(deadline, answering).await?;
                Ok(self.protocol.message(message, self.request.take_answer()))
            }
            Run::Streamed(run) => {
                let context = async { self.application.context(self.request.clone()).await };
                let context = guarded(deadline, context).await?;
                let outgoing = Outgoing::new(self.encoding);
                let answering = run(context, self.incoming, outgoing.clone());
                let answering = guarded(deadline, answering);
                let compress = self.encoding.compress;
                let stream = AnswerStream {
                    compression: compress.map(|compress| compress.compression),
                    plain_errors: self.application.limits.plain_errors,
                    answering: Running::new(Box::pin(answering), self.place, deadline),
                    outgoing,
                    protocol: self.protocol,
                    request: self.request,
                    ending: None,
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
            // Nothing is begun that nobody waits for any more.
            Some(at) if at <= Instant::now() => Err(too_late()),
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
    request.set_failure(error.code, error.status);
    match plain {
        true => error.status_only(),
        false => error,
    }
}

/// What a caller is told. What it is not told goes to the log, under an id that it gets.
pub(crate) fn told(error: IrisError, path: &str, id: impl FnOnce() -> String) -> IrisError {
    let mut error = error.for_caller();
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
