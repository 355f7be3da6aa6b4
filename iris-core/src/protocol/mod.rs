//! The protocols a call may come in, told apart by method and content type.
//!
//! Each protocol is one file with the same functions: what the request says beside its messages
//! (`incoming`, `timeout`), and how an answer is put (`message`, `failure`, `open` and `end` for streams).
//! gRPC-Web is gRPC with its trailers in the body.

mod compression;
mod connect_stream;
mod connect_unary;
mod content_type;
mod grpc;
mod grpc_web;
mod refusal;

pub(crate) use connect_unary::Query;
pub(crate) use refusal::Refusal;

use crate::application::Limits;
use crate::incoming::Incoming;
use crate::outgoing::{Compress, Encoded, Encoding};
use crate::remote::Spec;
use crate::request::Answer;
use crate::wire::grpc_web::ToText;
use crate::wire::timeout::{self, InvalidTimeout};
use crate::wire::{self, compression::Compression};
use crate::{Body, Format, IrisError, Status};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, VARY};
use http::request::Parts;
use http::{Method, Response, StatusCode, Version};
use std::time::Duration;

/// The protocol of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Connect, one message each way in the bodies of a POST.
    ConnectUnary(Format),
    /// Connect, the message in the query of a GET.
    ConnectGet(Format),
    /// Connect, envelopes each way.
    ConnectStream(Format),
    /// gRPC.
    Grpc(Format),
    /// gRPC-Web, its bodies as they are or in base64.
    GrpcWeb(Format, Flavors),
}

/// How gRPC-Web writes the two bodies of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flavors {
    request: Flavor,
    response: Flavor,
}

/// How gRPC-Web writes a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    Binary,
    Text,
}

/// How a stream ends.
pub(crate) struct End {
    pub(crate) data: Option<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Protocol {
    /// The protocol of a request to a procedure.
    pub(crate) fn of(parts: &Parts, spec: &Spec) -> Result<Protocol, Refusal> {
        let streams = spec.streams_in || spec.streams_out;
        if parts.method == Method::GET && spec.reads_only && !streams {
            return connect_unary::get_format(parts).map(Protocol::ConnectGet);
        }
        if parts.method != Method::POST {
            let allowed = match spec.reads_only && !streams {
                true => "GET, POST",
                false => "POST",
            };
            return Err(Refusal::Method { allowed });
        }
        let protocol = content_type::protocol(&parts.headers).filter(|protocol| match protocol {
            Protocol::ConnectUnary(_) => !streams,
            Protocol::ConnectStream(_) => streams,
            _ => true,
        });
        match protocol {
            Some(Protocol::Grpc(_)) if parts.version < Version::HTTP_2 => Err(Refusal::NeedsHttp2),
            Some(protocol) => Ok(protocol),
            None => Err(Refusal::ContentType {
                got: content_type::text(&parts.headers)
                    .unwrap_or_default()
                    .to_owned(),
                streams,
            }),
        }
    }

    /// The protocol in which to say that there is no such procedure.
    pub(crate) fn of_unknown(headers: &HeaderMap) -> Protocol {
        content_type::protocol(headers).unwrap_or(Protocol::ConnectUnary(Format::Json))
    }

    /// Whether calls with these headers end in trailers, which not everything can carry.
    #[cfg(feature = "websocket")]
    pub(crate) fn needs_trailers(headers: &HeaderMap) -> bool {
        matches!(content_type::protocol(headers), Some(Protocol::Grpc(_)))
    }

    /// Whether a request is a call, whatever it is for: no page, form or REST client sends the like.
    pub(crate) fn is_call<B>(request: &http::Request<B>) -> bool {
        let headers = request.headers();
        match content_type::protocol(headers) {
            Some(Protocol::ConnectUnary(Format::Json)) | None => {
                headers.contains_key(wire::connect::VERSION) || connect_unary::is_get(request.uri())
            }
            Some(_) => true,
        }
    }

    /// What telemetry calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Protocol::ConnectUnary(_) | Protocol::ConnectGet(_) | Protocol::ConnectStream(_) => {
                "connect"
            }
            Protocol::Grpc(_) => "grpc",
            Protocol::GrpcWeb(..) => "grpc_web",
        }
    }

    /// How long the caller waits.
    pub(crate) fn timeout(self, headers: &HeaderMap) -> Result<Option<Duration>, IrisError> {
        let name = match self {
            Protocol::Grpc(_) | Protocol::GrpcWeb(..) => timeout::GRPC_TIMEOUT,
            _ => timeout::CONNECT_TIMEOUT,
        };
        let Some(value) = headers.get(name) else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default();
        let timeout = match self {
            Protocol::Grpc(_) | Protocol::GrpcWeb(..) => timeout::parse_grpc(text),
            _ => timeout::parse_connect(text),
        };
        match timeout {
            Ok(timeout) => Ok(Some(timeout)),
            Err(InvalidTimeout) => Err(IrisError::communication(
                Status::InvalidArgument,
                format!("{name}: {InvalidTimeout}"),
            )),
        }
    }

    /// What the caller sends.
    pub(crate) fn incoming(
        self,
        parts: &Parts,
        body: Body,
        limit: usize,
    ) -> Result<Incoming, IrisError> {
        match self {
            Protocol::ConnectUnary(format) => connect_unary::incoming(format, parts, body, limit),
            Protocol::ConnectGet(format) => connect_unary::incoming_get(format, parts, limit),
            Protocol::ConnectStream(format) => connect_stream::incoming(format, parts, body, limit),
            Protocol::Grpc(format) => grpc::incoming(format, parts, body, limit),
            Protocol::GrpcWeb(format, flavors) => {
                grpc_web::incoming(format, flavors.request, parts, body, limit)
            }
        }
    }

    /// How answers are written.
    pub(crate) fn encoding(self, headers: &HeaderMap, limits: Limits) -> Encoding {
        let (format, enveloped, accepted) = match self {
            Protocol::ConnectUnary(format) | Protocol::ConnectGet(format) => {
                (format, false, compression::UNARY_ACCEPTED)
            }
            Protocol::ConnectStream(format) => (format, true, wire::connect::ACCEPTED),
            Protocol::Grpc(format) | Protocol::GrpcWeb(format, _) => {
                (format, true, wire::grpc::ACCEPTED)
            }
        };
        let compress = limits.compress.and_then(|at_least| {
            let compression = Compression::of_list(headers.get(accepted)?)?;
            Some(Compress {
                compression,
                at_least,
            })
        });
        Encoding {
            format,
            enveloped,
            limit: limits.response,
            compress,
        }
    }

    /// The response with one message, encoded as [`Protocol::encoding`] says.
    pub(crate) fn message(self, message: Encoded, answer: Answer) -> Response<Body> {
        match self {
            Protocol::ConnectUnary(format) => connect_unary::message(format, message, answer),
            Protocol::ConnectGet(format) => {
                let mut response = connect_unary::message(format, message, answer);
                // A cache may keep it, for callers who read no compression too (RFC 9110, section 12.5.5).
                let varies = HeaderValue::from_static("accept-encoding");
                response.headers_mut().append(VARY, varies);
                response
            }
            Protocol::ConnectStream(format) => connect_stream::message(format, message, answer),
            Protocol::Grpc(format) => grpc::message(format, message, answer),
            Protocol::GrpcWeb(format, flavors) => {
                grpc_web::message(format, flavors.response, message, answer)
            }
        }
    }

    /// The response of a call that failed before anything was sent.
    pub(crate) fn failure(self, error: &IrisError, answer: Answer) -> Response<Body> {
        match self {
            Protocol::ConnectUnary(_) | Protocol::ConnectGet(_) => {
                connect_unary::failure(error, answer)
            }
            Protocol::ConnectStream(format) => connect_stream::failure(format, error, answer),
            Protocol::Grpc(format) => grpc::failure(format, error, answer),
            Protocol::GrpcWeb(format, flavors) => {
                grpc_web::failure(format, flavors.response, error, answer)
            }
        }
    }

    /// The response where nothing is served at the path.
    pub(crate) fn not_found(self, error: &IrisError) -> Response<Body> {
        let mut response = self.failure(error, Answer::default());
        if matches!(self, Protocol::ConnectUnary(_) | Protocol::ConnectGet(_)) {
            // What every router answers for a path it does not know.
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        response
    }

    /// The head of a response whose messages follow, some of them compressed as said. By `Protocol::of` none of them
    /// answers a unary call of Connect, which would have no place for more than one.
    pub(crate) fn open(
        self,
        answer: &mut Answer,
        compression: Option<Compression>,
    ) -> Response<()> {
        match self {
            Protocol::Grpc(format) => grpc::open(format, answer, compression),
            Protocol::GrpcWeb(format, flavors) => {
                grpc_web::open(format, flavors.response, answer, compression)
            }
            Protocol::ConnectStream(format)
            | Protocol::ConnectUnary(format)
            | Protocol::ConnectGet(format) => connect_stream::open(format, answer, compression),
        }
    }

    /// The body of a response, of its messages and its end.
    pub(crate) fn body(self, body: Body) -> Body {
        match self {
            Protocol::GrpcWeb(_, flavors) if flavors.response == Flavor::Text => {
                Body::new(ToText::new(body))
            }
            _ => body,
        }
    }

    /// The end of a stream, which unary calls of Connect are none of.
    pub(crate) fn end(self, error: Option<&IrisError>, answer: Answer) -> End {
        match self {
            Protocol::Grpc(_) => grpc::end(error, answer),
            Protocol::GrpcWeb(..) => grpc_web::end(error, answer),
            Protocol::ConnectStream(_) | Protocol::ConnectUnary(_) | Protocol::ConnectGet(_) => {
                connect_stream::end(error, answer)
            }
        }
    }
}

/// An empty response of this content type.
fn head(content_type: &'static str) -> Response<()> {
    let mut response = Response::new(());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
