//! What a runtime sends.

use crate::failure::{BoxError, Failure};
use crate::streamed::{Sending, header_of};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of a request.
pub(super) struct Outgoing(Kind);

enum Kind {
    Whole(Full<Bytes>),
    Streamed(Sending),
}

impl Outgoing {
    pub(super) fn whole(data: impl Into<Bytes>) -> Self {
        Outgoing(Kind::Whole(Full::new(data.into())))
    }

    pub(super) fn streamed(sending: Sending) -> Self {
        Outgoing(Kind::Streamed(sending))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Whole(body) => Pin::new(body)
                .poll_frame(context)
                .map_err(|never| match never {}),
            Kind::Streamed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(body) => body.is_end_stream(),
            Kind::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(body) => body.size_hint(),
            Kind::Streamed(_) => SizeHint::default(),
        }
    }
}

/// The question for the next event.
pub(super) fn next() -> Request<Outgoing> {
    let mut request = Request::new(Outgoing::whole(Bytes::new()));
    *request.method_mut() = Method::GET;
    *request.uri_mut() = Uri::from_static("/2018-06-01/runtime/invocation/next");
    request
}

/// Something that is told below this path of the Runtime API.
///
/// The ids of events are the only part that is not written here. One that is no part of a path leads nowhere, and the
/// Runtime API says so.
pub(super) fn post(path: &str, body: Outgoing) -> Request<Outgoing> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    let uri = format!("/2018-06-01/runtime/{path}").parse();
    *request.uri_mut() = uri.unwrap_or(Uri::from_static("/2018-06-01/runtime/"));
    request
}

/// A failure that is told there.
pub(super) fn failed(path: &str, failure: &Failure) -> Request<Outgoing> {
    let mut request = post(path, Outgoing::whole(failure.to_json()));
    let headers = request.headers_mut();
    let json = "application/vnd.aws.lambda.error+json";
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(json));
    headers.insert(crate::streamed::ERROR_TYPE, header_of(failure.kind()));
    request
}
