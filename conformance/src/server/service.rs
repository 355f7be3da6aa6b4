//! `connectrpc.conformance.v1.ConformanceService`, whose answers its callers define (the suite's `service.proto`).

use super::answer::{answer, seen, send_back};
use super::stream::{Answers, Conversation};
use crate::packed::pack;
use crate::suite::{
    BidiStreamRequest, BidiStreamResponse, ClientStreamRequest, ClientStreamResponse,
    IdempotentUnaryRequest, IdempotentUnaryResponse, ServerStreamRequest, ServerStreamResponse,
    UnaryRequest, UnaryResponse,
};
use futures_util::StreamExt;
use iris_core::{IrisError, Request, Stream, Streaming, remote};

/// The suite's service. `Unimplemented` is missing on purpose: the suite wants to hear from Iris that it is.
pub(super) struct ConformanceService;

#[remote(package = "connectrpc.conformance.v1")]
impl ConformanceService {
    /// Answers as its message says.
    #[procedure]
    async fn unary(
        &self,
        request: &Request,
        message: UnaryRequest,
    ) -> Result<UnaryResponse, IrisError> {
        let received = vec![pack(&message)];
        let payload = answer(request, message.response_definition, received).await?;
        Ok(UnaryResponse {
            payload: Some(payload),
        })
    }

    /// The same, by GET too.
    #[procedure(idempotent)]
    async fn idempotent_unary(
        &self,
        request: &Request,
        message: IdempotentUnaryRequest,
    ) -> Result<IdempotentUnaryResponse, IrisError> {
        let received = vec![pack(&message)];
        let payload = answer(request, message.response_definition, received).await?;
        Ok(IdempotentUnaryResponse {
            payload: Some(payload),
        })
    }

    /// Answers as the first message says, once all have arrived.
    #[procedure]
    async fn client_stream(
        &self,
        request: &Request,
        mut messages: Streaming<ClientStreamRequest>,
    ) -> Result<ClientStreamResponse, IrisError> {
        let mut definition = None;
        let mut received = Vec::new();
        while let Some(message) = messages.next().await {
            let mut message = message?;
            received.push(pack(&message));
            if received.len() == 1 {
                definition = message.response_definition.take();
            }
        }
        let payload = answer(request, definition, received).await?;
        Ok(ClientStreamResponse {
            payload: Some(payload),
        })
    }

    /// Answers a stream as its message says.
    #[procedure]
    async fn server_stream(
        &self,
        request: &Request,
        message: ServerStreamRequest,
    ) -> Result<impl Stream<Item = Result<ServerStreamResponse, IrisError>>, IrisError> {
        let seen = seen(request, vec![pack(&message)]);
        let definition = message.response_definition.unwrap_or_default();
        send_back(
            request,
            &definition.response_headers,
            &definition.response_trailers,
        )?;
        let answers = Answers::new(definition, seen)?;
        Ok(answers.stream().map(|payload| {
            Ok(ServerStreamResponse {
                payload: Some(payload?),
            })
        }))
    }

    /// Answers a stream as the first message says: one by one, or once all have arrived.
    #[procedure]
    async fn bidi_stream(
        &self,
        request: &Request,
        mut messages: Streaming<BidiStreamRequest>,
    ) -> Result<impl Stream<Item = Result<BidiStreamResponse, IrisError>>, IrisError> {
        let first = messages.next().await.transpose()?;
        let mut received = Vec::from_iter(first.as_ref().map(pack));
        let first = first.unwrap_or_default();
        if !first.full_duplex {
            while let Some(message) = messages.next().await {
                received.push(pack(&message?));
            }
        }
        let definition = first.response_definition.unwrap_or_default();
        send_back(
            request,
            &definition.response_headers,
            &definition.response_trailers,
        )?;
        let answers = Answers::new(definition, seen(request, received))?;
        let payloads = match first.full_duplex {
            true => Conversation::new(messages, answers).stream().left_stream(),
            false => answers.stream().right_stream(),
        };
        Ok(payloads.map(|payload| {
            Ok(BidiStreamResponse {
                payload: Some(payload?),
            })
        }))
    }
}
