//! The server's side of every protocol, as far as a mock needs it.

use super::Mock;
use super::answer::Reply;
use crate::{Body, Compression, Format, IrisError, Metadata, Status, code};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use iris_core::wire::content_type;
use iris_core::wire::envelope::{self, COMPRESSED, END_STREAM, Envelopes};
use iris_core::wire::grpc_web::{FromText, TRAILERS, ToText, trailers_payload};
use iris_core::wire::{connect, grpc};
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_service::Service;

/// How a request is written.
#[derive(Clone, Copy)]
enum Wire {
    Unary,
    Stream,
    Grpc,
    GrpcWeb,
    GrpcWebText,
}

impl Wire {
    /// The header that says how messages are compressed.
    fn encoding(self) -> HeaderName {
        match self {
            Wire::Unary => CONTENT_ENCODING,
            Wire::Stream => connect::ENCODING,
            Wire::Grpc | Wire::GrpcWeb | Wire::GrpcWebText => grpc::ENCODING,
        }
    }
}

impl Service<Request<Body>> for Mock {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mock = self.clone();
        Box::pin(async move { Ok(mock.serve(request).await) })
    }
}

impl Mock {
    async fn serve(&self, request: Request<Body>) -> Response<Body> {
        let Some((wire, format)) = wire_of(&request) else {
            return respond(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "text/plain",
                Body::empty(),
            );
        };
        let (parts, body) = request.into_parts();
        let encoding = parts.headers.get(wire.encoding());
        let compression = encoding.and_then(Compression::of_list);
        let messages = match (wire, parts.method == Method::GET) {
            (Wire::Unary, true) => message_of_query(parts.uri.query().unwrap_or_default()),
            (Wire::Unary, false) => whole(body)
                .await
                .and_then(|message| unpacked(compression, message))
                .map(|message| vec![message]),
            (Wire::GrpcWebText, _) => enveloped(compression, Body::new(FromText::new(body))).await,
            _ => enveloped(compression, body).await,
        };
        let reply = match messages {
            Ok(messages) => self.reply(parts.uri.path(), format, messages),
            Err(error) => Reply {
                messages: Vec::new(),
                error: Some(error),
            },
        };
        match wire {
            Wire::Unary => answer_unary(format, reply),
            Wire::Stream => answer_stream(format, reply),
            Wire::Grpc => answer_grpc(format, reply),
            Wire::GrpcWeb => {
                let content_type = content_type::grpc_web(format);
                respond(
                    StatusCode::OK,
                    content_type,
                    Body::full(grpc_web_body(reply)),
                )
            }
            Wire::GrpcWebText => {
                let content_type = content_type::grpc_web_text(format);
                let text = ToText::text(&grpc_web_body(reply));
                respond(StatusCode::OK, content_type, Body::full(text))
            }
        }
    }
}

fn wire_of(request: &Request<Body>) -> Option<(Wire, Format)> {
    if request.method() == Method::GET {
        let json = request.uri().query()?.contains("encoding=json");
        return Some((Wire::Unary, if json { Format::Json } else { Format::Proto }));
    }
    Some(match request.headers().get(CONTENT_TYPE)?.as_bytes() {
        b"application/proto" => (Wire::Unary, Format::Proto),
        b"application/json" => (Wire::Unary, Format::Json),
        b"application/connect+proto" => (Wire::Stream, Format::Proto),
        b"application/connect+json" => (Wire::Stream, Format::Json),
        b"application/grpc" | b"application/grpc+proto" => (Wire::Grpc, Format::Proto),
        b"application/grpc+json" => (Wire::Grpc, Format::Json),
        b"application/grpc-web" | b"application/grpc-web+proto" => (Wire::GrpcWeb, Format::Proto),
        b"application/grpc-web+json" => (Wire::GrpcWeb, Format::Json),
        b"application/grpc-web-text" | b"application/grpc-web-text+proto" => {
            (Wire::GrpcWebText, Format::Proto)
        }
        b"application/grpc-web-text+json" => (Wire::GrpcWebText, Format::Json),
        _ => return None,
    })
}

fn message_of_query(query: &str) -> Result<Vec<Bytes>, IrisError> {
    let value = |name| query.split('&').find_map(|pair| pair.strip_prefix(name));
    let compression = value("compression=").and_then(Compression::of_name);
    let message = value("message=").and_then(|message| URL_SAFE_NO_PAD.decode(message).ok());
    match message {
        Some(message) => Ok(vec![unpacked(compression, message.into())?]),
        None => Err(IrisError::new(
            code::IRIS_MESSAGE_MISSING,
            "the query has no message",
        )),
    }
}

async fn whole(mut body: Body) -> Result<Bytes, IrisError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| {
            IrisError::communication(Status::Canceled, "the request broke off").with_source(error)
        })?;
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.freeze())
}

fn unpacked(compression: Option<Compression>, message: Bytes) -> Result<Bytes, IrisError> {
    match compression {
        Some(compression) => compression
            .decompress(&message, usize::MAX - 1)
            .map_err(|error| error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE)),
        None => Ok(message),
    }
}

async fn enveloped(compression: Option<Compression>, body: Body) -> Result<Vec<Bytes>, IrisError> {
    let mut envelopes = Envelopes::new(body, usize::MAX);
    let mut messages = Vec::new();
    while let Some(envelope) = poll_fn(|context| envelopes.poll_next(context)).await {
        let envelope =
            envelope.map_err(|error| error.into_error(code::IRIS_INVALID_REQUEST_MESSAGE))?;
        let compression = compression.filter(|_| envelope.flags & COMPRESSED != 0);
        messages.push(unpacked(compression, envelope.payload)?);
    }
    Ok(messages)
}

fn answer_unary(format: Format, reply: Reply) -> Response<Body> {
    match (reply.error, reply.messages.into_iter().next()) {
        (None, Some(message)) => {
            let content_type = content_type::unary(format);
            respond(StatusCode::OK, content_type, Body::full(message))
        }
        (error, _) => {
            let error = error.unwrap_or_else(|| IrisError::internal("the mock has no answer"));
            let status = StatusCode::from_u16(error.status.to_http())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            respond(
                status,
                connect::JSON,
                Body::full(connect::error_body(&error)),
            )
        }
    }
}

fn answer_stream(format: Format, reply: Reply) -> Response<Body> {
    let end = connect::end_stream(reply.error.as_ref(), &Metadata::new());
    let buffer = match envelopes_of(&reply.messages, Some((END_STREAM, &end))) {
        Ok(buffer) => buffer,
        Err(error) => return answer_stream(format, Reply::failed(error)),
    };
    let content_type = content_type::stream(format);
    respond(StatusCode::OK, content_type, Body::full(buffer.freeze()))
}

fn answer_grpc(format: Format, reply: Reply) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    grpc::write_trailers(&mut trailers, reply.error.as_ref());
    let content_type = content_type::grpc(format);
    let buffer = match envelopes_of(&reply.messages, None) {
        Ok(buffer) => buffer,
        Err(error) => return answer_grpc(format, Reply::failed(error)),
    };
    let body = Body::with_trailers(buffer.freeze(), trailers);
    respond(StatusCode::OK, content_type, body)
}

fn grpc_web_body(reply: Reply) -> BytesMut {
    let mut trailers = HeaderMap::new();
    grpc::write_web_trailers(&mut trailers, reply.error.as_ref());
    let end = trailers_payload(&trailers);
    match envelopes_of(&reply.messages, Some((TRAILERS, &end))) {
        Ok(buffer) => buffer,
        Err(error) => grpc_web_body(Reply::failed(error)),
    }
}

/// Messages in their envelopes, and a last one of another kind.
fn envelopes_of(messages: &[Bytes], end: Option<(u8, &[u8])>) -> Result<BytesMut, IrisError> {
    let mut buffer = BytesMut::new();
    let messages = messages.iter().map(|message| (0, &message[..]));
    for (flags, payload) in messages.chain(end) {
        envelope::append_payload(&mut buffer, flags, payload)?;
    }
    Ok(buffer)
}

fn respond(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
