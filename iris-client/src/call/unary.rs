//! Calls that answer one message.
//!
//! What depends on the messages is compiled once for each procedure of a client crate, so that it is little: they are
//! encoded before, and decoded after, what is the same for all.

use super::Call;
use super::upload::{UploadGuard, upload};
use crate::fault::Fault;
#[cfg(feature = "native")]
use crate::hedge;
use crate::protocol::{Answer, Encoded};
use crate::retry::Attempts;
use crate::{Body, IrisError, Message, Method, Response, Status, Stream, code};
use http::Extensions;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// A call on its way, with its answer undecoded.
pub(super) type Exchange = Pin<Box<dyn Future<Output = (Call, Result<Answer, IrisError>)> + Send>>;

/// Decodes an answer, and tells of what failed.
type Finish<T, C> = fn(Call, Result<Answer, IrisError>) -> Result<T, IrisError<C>>;

/// A call on its way: what awaiting a [`Unary`](crate::Unary) or
/// [`ClientStreaming`](crate::ClientStreaming) polls.
///
/// Dropping it cancels the call.
#[must_use = "dropping it cancels the call"]
pub struct Answering<T, C = i32> {
    exchange: Exchange,
    finish: Finish<T, C>,
}

impl<T, C> Future for Answering<T, C> {
    type Output = Result<T, IrisError<C>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (call, answer) = ready!(self.exchange.as_mut().poll(context));
        Poll::Ready((self.finish)(call, answer))
    }
}

impl<T, C> fmt::Debug for Answering<T, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Answering")
    }
}

impl<Res: Message, C: From<i32>> Answering<Res, C> {
    /// To the message alone.
    pub(super) fn message(exchange: Exchange) -> Self {
        Answering {
            exchange,
            finish: |call, answer| Ok(finish(call, answer)?.message),
        }
    }
}

impl<Res: Message, C: From<i32>> Answering<Response<Res>, C> {
    /// To the message with its metadata.
    pub(super) fn response(exchange: Exchange) -> Self {
        Answering { exchange, finish }
    }
}

/// One message for one.
pub(super) fn one_for_one<Req: Message, Res>(
    call: Call,
    method: &Method<Req, Res>,
    request: &Req,
    get: bool,
) -> Exchange {
    let encoded = match get && !method.may_get() {
        true => Err(no_get(method.path())),
        false => call.encode(request),
    };
    exchanged(call, encoded, get, method.may_repeat())
}

/// Many messages for one.
pub(super) fn many_for_one<Req: Message>(
    call: Call,
    requests: Pin<Box<dyn Stream<Item = Req> + Send>>,
) -> Exchange {
    let (body, guard) = upload(requests, &call.shared.settings);
    uploaded(call, Body::new(body), guard)
}

fn exchanged(
    call: Call,
    encoded: Result<Encoded, IrisError>,
    get: bool,
    may_repeat: bool,
) -> Exchange {
    Box::pin(async move {
        let answer = match encoded {
            Ok(encoded) => exchange(&call, encoded, get, may_repeat).await,
            Err(error) => Err(error),
        };
        (call, answer)
    })
}

fn uploaded(call: Call, body: Body, guard: UploadGuard) -> Exchange {
    Box::pin(async move {
        let answer = exchange_upload(&call, body, guard).await;
        (call, answer)
    })
}

fn no_get(path: &str) -> IrisError {
    IrisError::communication(
        Status::InvalidArgument,
        format!(
            "{path} cannot be called by GET: its procedure is not declared free of side effects"
        ),
    )
}

async fn exchange(
    call: &Call,
    encoded: Encoded,
    get: bool,
    may_repeat: bool,
) -> Result<Answer, IrisError> {
    call.check()?;
    let attempts = pin!(async {
        let mut attempts = Attempts::new(call, may_repeat);
        #[cfg(feature = "native")]
        let hedge = call.shared.hedge.as_ref().filter(|_| may_repeat);
        loop {
            #[cfg(feature = "native")]
            let answer = match hedge {
                None => attempt(call, encoded.clone(), get, attempts.extensions(), None).await,
                Some(policy) => hedge::attempts(call, policy, &encoded, get, &attempts).await,
            };
            #[cfg(not(feature = "native"))]
            let answer = attempt(call, encoded.clone(), get, attempts.extensions(), None).await;
            match answer {
                Ok(answer) => return Ok(answer),
                Err(fault) => attempts.again(fault).await?,
            }
        }
    });
    call.deadline.enforce(call.base(), attempts).await
}

/// Sends a call once. `begun` is told when the answer begins.
pub(crate) async fn attempt(
    call: &Call,
    encoded: Encoded,
    get: bool,
    extensions: Extensions,
    begun: Option<&AtomicBool>,
) -> Result<Answer, Fault> {
    let response = {
        let mut request = match get {
            true => call.get(encoded, extensions)?,
            false => call.post(encoded, extensions)?,
        };
        call.send(&mut request).await?
    };
    if let Some(begun) = begun {
        begun.store(true, Ordering::Relaxed);
    }
    let protocol = call.shared.settings.protocol;
    protocol.read_unary(response, call.expected()).await
}

/// The same for a stream of requests, which can be sent once.
async fn exchange_upload(call: &Call, body: Body, guard: UploadGuard) -> Result<Answer, IrisError> {
    call.check()?;
    let attempt = pin!(async {
        let answer = async {
            let mut request = call.post_stream(body)?;
            let response = call.send(&mut request).await?;
            let protocol = call.shared.settings.protocol;
            protocol.read_one(response, call.expected()).await
        };
        answer
            .await
            // What stopped the upload comes before what the connection makes of it.
            .map_err(|fault: Fault| guard.failure().unwrap_or(fault.error))
    });
    call.deadline.enforce(call.base(), attempt).await
}

fn finish<Res: Message, C: From<i32>>(
    call: Call,
    answer: Result<Answer, IrisError>,
) -> Result<Response<Res>, IrisError<C>> {
    match answer.and_then(|answer| decode(&call, answer)) {
        Ok(response) => Ok(response),
        Err(error) => Err(call.fail(error)),
    }
}

fn decode<Res: Message>(call: &Call, answer: Answer) -> Result<Response<Res>, IrisError> {
    let Answer {
        payload,
        metadata,
        trailers,
    } = answer;
    match Res::decode(call.shared.settings.format(), payload) {
        Ok(message) => Ok(Response {
            message,
            metadata,
            trailers,
        }),
        Err(error) => Err(error
            .into_error(code::IRIS_INVALID_RESPONSE_MESSAGE)
            .with_answer(metadata, trailers)),
    }
}
