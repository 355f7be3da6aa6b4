//! The protocols a call may come in, told apart by method and content type.
//!
//! Each protocol is one file with the same functions: what the request says beside its messages
//! (`incoming`, `timeout`), and how an answer is put (`message`, `failure`, `open` and `end` for streams).

mod connect_stream;
mod connect_unary;
mod grpc;

use crate::dispatch::shown;
use crate::incoming::Incoming;
use crate::outgoing::Encoding;
use crate::remote::Spec;
use crate::request::Answer;
use crate::wire::timeout::{self, InvalidTimeout};
use crate::{Body, Format, IrisError, Status};
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
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
}

/// A request in no protocol that Iris speaks.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Neither GET nor POST, or GET where the procedure may change something.
    Method { allowed: &'static str },
    /// The content type is none that this procedure takes.
    ContentType { got: String, streams: bool },
    /// The query of a GET names an encoding that is none.
    Encoding { got: String },
    /// gRPC needs the trailers of HTTP/2.
    NeedsHttp2,
}

/// How a stream ends.
pub(crate) struct End {
    pub(crate) data: Option<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
}

const UNARY_TYPES: &str = "application/proto, application/json, application/grpc, application/grpc+proto, application/grpc+json";
const STREAM_TYPES: &str = "application/connect+proto, application/connect+json, application/grpc, application/grpc+proto, application/grpc+json";

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
        let protocol =
            Protocol::of_content_type(&parts.headers).filter(|protocol| match protocol {
                Protocol::ConnectUnary(_) => !streams,
                Protocol::ConnectStream(_) => streams,
                _ => true,
            });
        match protocol {
            Some(Protocol::Grpc(_)) if parts.version < Version::HTTP_2 => Err(Refusal::NeedsHttp2),
            Some(protocol) => Ok(protocol),
            None => Err(Refusal::ContentType {
                got: content_type(&parts.headers).unwrap_or_default().to_owned(),
                streams,
            }),
        }
    }

    /// The protocol in which to say that there is no such procedure.
    pub(crate) fn of_unknown(headers: &HeaderMap) -> Protocol {
        Protocol::of_content_type(headers).unwrap_or(Protocol::ConnectUnary(Format::Json))
    }

    /// Whether a request is a call, whatever it is for: no page, form or REST client sends the like.
    pub(crate) fn is_call<B>(request: &http::Request<B>) -> bool {
        let headers = request.headers();
        match Protocol::of_content_type(headers) {
            Some(Protocol::ConnectUnary(Format::Json)) | None => {
                headers.contains_key(connect_unary::VERSION) || connect_unary::is_get(request.uri())
            }
            Some(_) => true,
        }
    }

    fn of_content_type(headers: &HeaderMap) -> Option<Protocol> {
        let full = content_type(headers)?;
        let essence = full.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/proto" => Some(Protocol::ConnectUnary(Format::Proto)),
            "application/json" => Some(Protocol::ConnectUnary(Format::Json)),
            "application/connect+proto" => Some(Protocol::ConnectStream(Format::Proto)),
            "application/connect+json" => Some(Protocol::ConnectStream(Format::Json)),
            "application/grpc" | "application/grpc+proto" => Some(Protocol::Grpc(Format::Proto)),
            "application/grpc+json" => Some(Protocol::Grpc(Format::Json)),
            _ => None,
        }
    }

    /// How long the caller waits.
    pub(crate) fn timeout(self, headers: &HeaderMap) -> Result<Option<Duration>, IrisError> {
        let name = match self {
            Protocol::Grpc(_) => timeout::GRPC_TIMEOUT,
            _ => timeout::CONNECT_TIMEOUT,
        };
        let Some(value) = headers.get(name) else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default();
        let timeout = match self {
            Protocol::Grpc(_) => timeout::parse_grpc(text),
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
        }
    }

    /// How answers are written.
    pub(crate) fn encoding(self, limit: usize) -> Encoding {
        let (format, enveloped) = match self {
            Protocol::ConnectUnary(format) | Protocol::ConnectGet(format) => (format, false),
            Protocol::ConnectStream(format) | Protocol::Grpc(format) => (format, true),
        };
        Encoding {
            format,
            enveloped,
            limit,
        }
    }

    /// The response with one message, encoded as [`Protocol::encoding`] says.
    pub(crate) fn message(self, message: Bytes, answer: Answer) -> Response<Body> {
        match self {
            Protocol::ConnectUnary(format) | Protocol::ConnectGet(format) => {
                connect_unary::message(format, message, answer)
            }
            Protocol::ConnectStream(format) => connect_stream::message(format, message, answer),
            Protocol::Grpc(format) => grpc::message(format, message, answer),
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
        }
    }

    /// The head of a response whose messages follow, and what a stream's end will look like.
    pub(crate) fn open(self, answer: &mut Answer) -> Response<()> {
        match self {
            Protocol::Grpc(format) => grpc::open(format, answer),
            Protocol::ConnectStream(format)
            | Protocol::ConnectUnary(format)
            | Protocol::ConnectGet(format) => connect_stream::open(format, answer),
        }
    }

    /// The end of a stream.
    pub(crate) fn end(self, error: Option<&IrisError>, answer: Answer) -> End {
        match self {
            Protocol::Grpc(_) => grpc::end(error, answer),
            _ => connect_stream::end(error, answer),
        }
    }
}

impl Refusal {
    /// The plain HTTP answer: without a protocol there is no other way to say it.
    pub(crate) fn response(self) -> Response<Body> {
        let (http, status, why, header) = match &self {
            Refusal::Method { allowed } => (
                StatusCode::METHOD_NOT_ALLOWED,
                Status::Unimplemented,
                format!("procedures are called with {allowed}"),
                Some((ALLOW, *allowed)),
            ),
            Refusal::ContentType { got, streams } => {
                let accepted = if *streams { STREAM_TYPES } else { UNARY_TYPES };
                let procedure = match streams {
                    true => "a procedure with streams",
                    false => "a procedure without streams",
                };
                let why = match got.as_str() {
                    "" => "the request has no content type".to_owned(),
                    got => format!("the content type is `{}`", shown(got)),
                };
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    Status::InvalidArgument,
                    format!("{why}; {procedure} takes {accepted}"),
                    Some((HeaderName::from_static("accept-post"), accepted)),
                )
            }
            Refusal::Encoding { got } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Status::InvalidArgument,
                format!(
                    "the query's `encoding` is `{}`; known are json and proto",
                    shown(got)
                ),
                None,
            ),
            Refusal::NeedsHttp2 => (
                StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                Status::Unimplemented,
                "gRPC needs HTTP/2; over HTTP/1.1 call with application/proto or application/json"
                    .to_owned(),
                None,
            ),
        };
        let error = IrisError::communication(status, why);
        let mut response = connect_unary::failure(&error, Answer::default());
        *response.status_mut() = http;
        if let Some((name, value)) = header {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

/// An empty response of this content type.
fn head(content_type: &'static str) -> Response<()> {
    let mut response = Response::new(());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Refuses a compressed request, naming what is taken instead.
fn refuse_compression(headers: &HeaderMap, header: &str) -> Result<(), IrisError> {
    match headers.get(header).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(()),
        Some(other) => Err(IrisError::communication(
            Status::Unimplemented,
            format!(
                "the compression `{}` is unknown; accepted is identity",
                String::from_utf8_lossy(other)
            ),
        )),
    }
}
