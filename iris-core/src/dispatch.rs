//! A request's way to its procedure, and the answer's way back.
//!
//! The order is fixed: path, protocol, deadline, context initializer; then, in the procedure's own
//! code, the remote's filters, the procedure's filters, decoding, the function.

use crate::answer_stream::AnswerStream;
use crate::answering::Answering;
use crate::application::Application;
use crate::attention::Attention;
use crate::disclosure::{disclosed_to, shown};
use crate::guard::guarded;
use crate::incoming::Incoming;
use crate::load::{Load, Place};
use crate::observe::{Watch, watched};
use crate::outgoing::{Encoding, Outgoing};
use crate::peer::Caller;
use crate::protocol::Protocol;
use crate::remote::{Procedure, Run};
use crate::request::{Line, REQUEST_ID, Request};
use crate::stream_run::StreamRun;
use crate::{Body, IrisError, code};
use http::header::{HeaderMap, HeaderValue};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

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
    let error = disclosed_to(error, request, plain);
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
    let error = disclosed_to(IrisError::internal(cause), &request, plain);
    protocol.failure(&error, Default::default())
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
                    running: StreamRun::new(Box::pin(answering), self.place, deadline),
                    attention: Attention::new(),
                    outgoing,
                    protocol: self.protocol,
                    request: self.request,
                    waiting: Default::default(),
                    ending: None,
                };
                stream.open().await
            }
        }
    }
}
