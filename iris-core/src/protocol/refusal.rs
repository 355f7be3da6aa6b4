//! Requests in no protocol that Iris speaks.

use super::{content_type, head};
use crate::Body;
use crate::disclosure::shown;
use http::header::{ALLOW, HeaderName, HeaderValue};
use http::{Response, StatusCode};

/// Why a request is no call.
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

impl Refusal {
    /// The plain HTTP answer. It is text and no error of a protocol: without one, nobody can tell which the
    /// caller would read, and clients of all of them understand the HTTP status.
    pub(crate) fn response(self) -> Response<Body> {
        let (status, why, header) = match &self {
            Refusal::Method { allowed } => (
                StatusCode::METHOD_NOT_ALLOWED,
                format!("procedures are called with {allowed}"),
                Some((ALLOW, *allowed)),
            ),
            Refusal::ContentType { got, streams } => {
                let (procedure, accepted) = match streams {
                    true => ("a procedure with streams", content_type::STREAMS),
                    false => ("a procedure without streams", content_type::UNARY),
                };
                let why = match got.as_str() {
                    "" => "the request has no content type".to_owned(),
                    got => format!("the content type is `{}`", shown(got)),
                };
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    format!("{why}; {procedure} takes {accepted}"),
                    Some((HeaderName::from_static("accept-post"), accepted)),
                )
            }
            Refusal::Encoding { got } => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!(
                    "the query's `encoding` is `{}`; known are json and proto",
                    shown(got)
                ),
                None,
            ),
            Refusal::NeedsHttp2 => (
                StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                "gRPC needs HTTP/2; over HTTP/1.1 call with application/proto, application/json or application/grpc-web"
                    .to_owned(),
                None,
            ),
        };
        let mut response = head("text/plain; charset=utf-8").map(|()| Body::full(why + "\n"));
        *response.status_mut() = status;
        if let Some((name, value)) = header {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
