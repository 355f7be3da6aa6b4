//! Requests by fetch (<https://fetch.spec.whatwg.org>).
//!
//! JavaScript's promises stay in a task of the page's own; what a call waits for can be sent between threads.

mod body;
mod exchange;
mod js;
mod task;

use super::{Credentials, Failure};
use crate::{Body, Status};
use body::FetchBody;
use exchange::Exchange;
use http::{Method, Request, Response};
use http_body::Body as _;
use iris_core::wire::whole::Whole;
use std::future::poll_fn;

/// What fetch is told.
struct Sending {
    method: Method,
    url: String,
    headers: http::HeaderMap,
    /// `None` with GET.
    body: Option<bytes::Bytes>,
    credentials: Credentials,
}

/// Sends a request and waits for the head of its answer. Dropping either aborts it.
pub(super) async fn send(
    request: Request<Body>,
    credentials: Credentials,
) -> Result<Response<Body>, Failure> {
    let (parts, body) = request.into_parts();
    // Fetch takes a body that is there as a whole ("request body stream" works in few browsers, and half-duplex).
    if body.size_hint().exact().is_none() {
        return Err(Failure::lasting(
            Status::Unimplemented,
            "a browser's fetch sends no streams, which go over a WebSocket: build the client without \
             streams(Streams::Fetch)",
        ));
    }
    let mut whole = Whole::new(body, usize::MAX);
    let body = poll_fn(|context| whole.poll(context)).await;
    let body = body.map_err(|error| Failure::lasting(Status::Unknown, error.to_string()))?;
    let exchange = Exchange::begin(Sending {
        body: (parts.method != Method::GET).then_some(body),
        method: parts.method,
        url: parts.uri.to_string(),
        headers: parts.headers,
        credentials,
    });
    let response = poll_fn(|context| exchange.poll_head(context)).await?;
    Ok(response.map(|content| match content {
        exchange::Content::Whole(bytes) => Body::full(bytes),
        exchange::Content::Stream { length } => Body::new(FetchBody::new(exchange, length)),
    }))
}
