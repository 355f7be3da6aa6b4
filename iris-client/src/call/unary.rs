//! Calls that answer one message.

use super::upload::upload;
use super::{Call, Kind};
use crate::protocol::Answer;
use crate::retry::Attempts;
use crate::{Body, IrisError, Message, Method, Response, Status, Stream, code};
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
    call.check()?;
    if get && !method.may_get() {
        return Err(IrisError::communication(
            Status::InvalidArgument,
            format!(
                "{} cannot be called by GET: its procedure is not declared free of side effects",
                method.path()
            ),
        ));
    }
    let settings = &call.shared.settings;
    let encoded = settings
        .protocol
        .encode(settings.format, Kind::Unary, &request)?;
    drop(request);
    let answer = call
        .deadline
        .enforce(call.base(), async {
            let mut attempts = Attempts::new(call, method.may_repeat());
            loop {
                let attempt = async {
                    let response = match get {
                        true => call.get(encoded.clone()).await?,
                        false => call.post(Body::full(encoded.clone())).await?,
                    };
                    settings
                        .protocol
                        .read_one(response, Kind::Unary, call.expected())
                        .await
                };
                match attempt.await {
                    Ok(answer) => return Ok(answer),
                    Err(fault) => attempts.again(fault).await?,
                }
            }
        })
        .await?;
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
    call.check()?;
    let settings = &call.shared.settings;
    let (body, guard) = upload(requests, settings.format);
    let answer = call
        .deadline
        .enforce(call.base(), async {
            let answer = async {
                let response = call.post(Body::new(body)).await?;
                settings
                    .protocol
                    .read_one(response, Kind::ClientStreaming, call.expected())
                    .await
            };
            answer
                .await
                // What stopped the upload comes before what the connection makes of it.
                .map_err(|fault| guard.failure().unwrap_or(fault.error))
        })
        .await?;
    decode(call, answer)
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
