//! Calls that answer one message.

use super::upload::{UploadGuard, upload};
use super::{Call, Kind};
use crate::protocol::Answer;
use crate::retry::Attempts;
use crate::{Body, IrisError, Message, Method, Response, Status, Stream, code};
use bytes::Bytes;
use std::pin::Pin;

/// One message for one message.
pub(super) async fn one_for_one<Req, Res>(
    call: &Call,
    method: Method<Req, Res>,
    request: Req,
    get: bool,
) -> Result<Response<Res>, IrisError>
where
    Req: Message,
    Res: Message,
{
    if get && !method.may_get() {
        return Err(no_get(method.path()));
    }
    let encoded = call.encode(&request)?;
    drop(request);
    let answer = exchange(call, encoded, get, method.may_repeat()).await?;
    decode(call, answer)
}

/// Many messages for one.
pub(super) async fn one_for_many<Req, Res>(
    call: &Call,
    requests: Pin<Box<dyn Stream<Item = Req> + Send>>,
) -> Result<Response<Res>, IrisError>
where
    Req: Message,
    Res: Message,
{
    let (body, guard) = upload(requests, call.shared.settings.format);
    let answer = exchange_upload(call, Body::new(body), guard).await?;
    decode(call, answer)
}

fn no_get(path: &str) -> IrisError {
    IrisError::communication(
        Status::InvalidArgument,
        format!(
            "{path} cannot be called by GET: its procedure is not declared free of side effects"
        ),
    )
}

/// What of a call does not depend on its messages, so that it is compiled once and not for each procedure.
async fn exchange(
    call: &Call,
    encoded: Bytes,
    get: bool,
    may_repeat: bool,
) -> Result<Answer, IrisError> {
    call.check()?;
    let attempts = async {
        let mut attempts = Attempts::new(call, may_repeat);
        loop {
            let attempt = async {
                let response = match get {
                    true => call.get(encoded.clone()).await?,
                    false => call.post(Body::full(encoded.clone())).await?,
                };
                let protocol = call.shared.settings.protocol;
                protocol
                    .read_one(response, Kind::Unary, call.expected())
                    .await
            };
            match attempt.await {
                Ok(answer) => return Ok(answer),
                Err(fault) => attempts.again(fault).await?,
            }
        }
    };
    call.deadline.enforce(call.base(), attempts).await
}

/// The same for a stream of requests, which can be sent once.
async fn exchange_upload(call: &Call, body: Body, guard: UploadGuard) -> Result<Answer, IrisError> {
    call.check()?;
    let attempt = async {
        let answer = async {
            let response = call.post(body).await?;
            let protocol = call.shared.settings.protocol;
            protocol
                .read_one(response, Kind::ClientStreaming, call.expected())
                .await
        };
        answer
            .await
            // What stopped the upload comes before what the connection makes of it.
            .map_err(|fault| guard.failure().unwrap_or(fault.error))
    };
    call.deadline.enforce(call.base(), attempt).await
}

fn decode<Res: Message>(call: &Call, answer: Answer) -> Result<Response<Res>, IrisError> {
    let message = Res::decode(call.shared.settings.format, answer.payload)
        .map_err(|error| error.into_error(code::IRIS_INVALID_RESPONSE_MESSAGE))?;
    Ok(Response {
        message,
        metadata: answer.metadata,
        trailers: answer.trailers,
    })
}
