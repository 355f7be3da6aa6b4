//! How a browser carries calls: by fetch, and over a WebSocket.

mod failure;
mod fetch;
mod settings;
mod socket;
mod thrown;

pub(crate) use failure::Failure;
pub(crate) use settings::Settings;
pub use settings::{Credentials, Streams};

use super::HttpService;
use crate::endpoint::Endpoint;
use crate::{Body, BoxError};
use http::{Method, Request, Response};
use http_body::Body as _;
use std::sync::OnceLock;

/// What carries requests in a browser, a worker, or Node.
#[derive(Debug)]
pub(crate) struct Web {
    settings: Settings,
    endpoint: Endpoint,
    /// Set by the first call that needs it, and by that alone: a page that streams nothing is without what it takes.
    socket: OnceLock<HttpService>,
}

impl Web {
    pub(crate) fn new(endpoint: &Endpoint, settings: &Settings) -> Self {
        let socket = OnceLock::new();
        if let Some(begin) = settings.socket_for_all {
            let _ = socket.set(begin(endpoint));
        }
        Web {
            settings: settings.clone(),
            endpoint: endpoint.clone(),
            socket,
        }
    }

    /// Makes it possible that requests stream.
    pub(super) fn expect_streams(&self) {
        if !self.settings.only_fetch {
            self.socket.get_or_init(|| socket::service(&self.endpoint));
        }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        // What a request streams has no length. What may be cached cannot go over a socket.
        let streams = request.body().size_hint().exact().is_none();
        let by_socket = match self.settings.socket_for_all {
            None => streams,
            Some(_) => request.method() != Method::GET,
        };
        match self.socket.get().filter(|_| by_socket) {
            Some(socket) => socket.serve(request).await,
            None => Ok(fetch::send(request, self.settings.credentials).await?),
        }
    }
}
