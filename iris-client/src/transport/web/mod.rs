//! How a browser carries calls: by fetch, and over a WebSocket.

mod failure;
mod fetch;
mod settings;
mod socket;
mod thrown;

pub(crate) use failure::Failure;
pub use settings::{Credentials, Streams};

use crate::endpoint::Endpoint;
use crate::{Body, BoxError};
use http::{Method, Request, Response};
use http_body::Body as _;
use socket::Sockets;
use std::sync::Arc;

/// What carries requests in a browser, a worker, or Node.
#[derive(Debug)]
pub(crate) struct Web {
    credentials: Credentials,
    streams: Streams,
    endpoint: Endpoint,
    sockets: Arc<Sockets>,
}

impl Web {
    pub(crate) fn new(endpoint: &Endpoint, credentials: Credentials, streams: Streams) -> Self {
        Web {
            credentials,
            streams,
            sockets: Arc::new(Sockets::new(endpoint.socket())),
            endpoint: endpoint.clone(),
        }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let by_socket = match self.streams {
            Streams::Fetch => false,
            // What a request streams has no length.
            Streams::Auto => request.body().size_hint().exact().is_none(),
            // What may be cached cannot be over a socket.
            Streams::WebSocket => request.method() != Method::GET,
        };
        if !by_socket {
            return Ok(fetch::send(request, self.credentials).await?);
        }
        let path = self.endpoint.below(request.uri());
        Ok(self.sockets.send(&path, request).await?)
    }
}
