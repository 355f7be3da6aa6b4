//! The calls, by their kind.

use super::cancel::Cancel;
use super::clients::Clients;
use super::conversation;
use super::requests;
use super::result::{self, Ending};
use crate::suite::{
    BidiStreamRequest, BidiStreamResponse, ClientCompatRequest, ClientResponseResult,
    ClientStreamRequest, ClientStreamResponse, ConformancePayload, IdempotentUnaryRequest,
    IdempotentUnaryResponse, ServerStreamRequest, ServerStreamResponse, StreamType, UnaryRequest,
    UnaryResponse, UnimplementedRequest, UnimplementedResponse,
};
use iris_client::{Client, IrisError, Message, Method, Streaming, kind};
use prost::Name;
use std::pin::pin;

const UNARY: Method<UnaryRequest, UnaryResponse> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/Unary");
const IDEMPOTENT_UNARY: Method<IdempotentUnaryRequest, IdempotentUnaryResponse> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/IdempotentUnary").no_side_effects();
const UNIMPLEMENTED: Method<UnimplementedRequest, UnimplementedResponse> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/Unimplemented");
const SERVER_STREAM: Method<ServerStreamRequest, ServerStreamResponse, kind::ServerStreaming> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/ServerStream");
const CLIENT_STREAM: Method<ClientStreamRequest, ClientStreamResponse, kind::ClientStreaming> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/ClientStream");
pub(super) const BIDI_STREAM: Method<BidiStreamRequest, BidiStreamResponse, kind::Bidirectional> =
    Method::new("/connectrpc.conformance.v1.ConformanceService/BidiStream");

/// The call with the metadata and the deadline that the suite wants.
macro_rules! prepared {
    ($call:expr, $asked:expr) => {{
        let mut call = $call;
        for (name, value) in crate::header::pairs(&$asked.request_headers) {
            call = call.metadata(name, value);
        }
        match $asked.timeout_ms {
            Some(timeout) => call.deadline(std::time::Duration::from_millis(timeout.into())),
            None => call,
        }
    }};
}
pub(super) use prepared;

/// Makes a call.
///
/// # Errors
///
/// Where it cannot be made: what fails once it is made is in the result.
pub(super) async fn make(
    clients: &Clients,
    asked: ClientCompatRequest,
) -> Result<ClientResponseResult, String> {
    let client = clients.client(&asked)?;
    match asked.method() {
        "Unary" => unary(&client, UNARY, &asked, |response| response.payload).await,
        "IdempotentUnary" => {
            unary(&client, IDEMPOTENT_UNARY, &asked, |response| {
                response.payload
            })
            .await
        }
        "Unimplemented" => unary(&client, UNIMPLEMENTED, &asked, |_| None).await,
        "ServerStream" => server_stream(&client, &asked).await,
        "ClientStream" => client_stream(&client, &asked).await,
        "BidiStream" => match asked.stream_type() {
            StreamType::FullDuplexBidiStream => conversation::hold(&client, &asked).await,
            _ => half_duplex(&client, &asked).await,
        },
        other => Err(format!("the service has no method {other}")),
    }
}

async fn unary<Req, Res>(
    client: &Client,
    method: Method<Req, Res>,
    asked: &ClientCompatRequest,
    payload: impl FnOnce(Res) -> Option<ConformancePayload>,
) -> Result<ClientResponseResult, String>
where
    Req: Message + prost::Message + Name + Default,
    Res: Message,
{
    let mut call = prepared!(client.unary(method, only(asked)?), asked);
    if asked.use_get_http_method {
        call = call.get();
    }
    // What is awaited sends its request at once.
    let cancel = Cancel::of(asked.cancel.as_ref()).due(std::future::ready(()));
    Ok(tokio::select! {
        () = cancel => result::cancelled(),
        response = call.with_response().into_future() => result::of_response(response, payload),
    })
}

async fn client_stream(
    client: &Client,
    asked: &ClientCompatRequest,
) -> Result<ClientResponseResult, String> {
    let cancel = Cancel::of(asked.cancel.as_ref());
    let (stream, mut sending) =
        requests::stream(requests::all(asked)?, requests::pause(asked), cancel);
    let call = prepared!(client.client_streaming(CLIENT_STREAM, stream), asked);
    let mut result = tokio::select! {
        () = cancel.due(sending.all()) => result::cancelled(),
        response = call.with_response().into_future() => result::of_response(response, |response| response.payload),
    };
    result.num_unsent_requests = sending.left();
    Ok(result)
}

async fn server_stream(
    client: &Client,
    asked: &ClientCompatRequest,
) -> Result<ClientResponseResult, String> {
    let cancel = Cancel::of(asked.cancel.as_ref());
    let call = prepared!(client.server_streaming(SERVER_STREAM, only(asked)?), asked);
    let due = cancel.due(std::future::ready(()));
    Ok(read(
        call.into_future(),
        cancel,
        due,
        |response: ServerStreamResponse| response.payload,
    )
    .await)
}

async fn half_duplex(
    client: &Client,
    asked: &ClientCompatRequest,
) -> Result<ClientResponseResult, String> {
    let cancel = Cancel::of(asked.cancel.as_ref());
    let (stream, mut sending) =
        requests::stream(requests::all(asked)?, requests::pause(asked), cancel);
    let call = prepared!(client.bidirectional(BIDI_STREAM, stream), asked);
    let due = cancel.due(sending.all());
    let mut result = read(
        call.into_future(),
        cancel,
        due,
        |response: BidiStreamResponse| response.payload,
    )
    .await;
    result.num_unsent_requests = sending.left();
    Ok(result)
}

/// Reads a stream of answers to its end, or until it is to be cancelled.
async fn read<Res: Message>(
    opening: impl Future<Output = Result<Streaming<Res>, IrisError>>,
    cancel: Cancel,
    due: impl Future<Output = ()>,
    payload: impl Fn(Res) -> Option<ConformancePayload>,
) -> ClientResponseResult {
    let mut due = pin!(due);
    let opened = tokio::select! {
        () = &mut due => return result::cancelled(),
        opened = opening => opened,
    };
    let mut stream = match opened {
        Ok(stream) => stream,
        Err(error) => return result::failed(&error),
    };
    let mut payloads = Vec::new();
    let ending = loop {
        if cancel == Cancel::AfterAnswers(payloads.len()) {
            break Ending::Cancelled;
        }
        tokio::select! {
            () = &mut due => break Ending::Cancelled,
            message = stream.next() => match message {
                Some(Ok(message)) => payloads.push(payload(message).unwrap_or_default()),
                Some(Err(error)) => break Ending::Failed(error),
                None => break Ending::Complete,
            },
        }
    };
    result::of_stream(&stream, payloads, ending)
}

/// The one request of a call that sends one.
fn only<M: prost::Message + Name + Default>(asked: &ClientCompatRequest) -> Result<M, String> {
    let mut all = requests::all(asked)?;
    match (all.pop(), all.len()) {
        (Some(message), 0) => Ok(message),
        (_, more) => Err(format!(
            "the call takes one message, and the suite gave {more}"
        )),
    }
}
