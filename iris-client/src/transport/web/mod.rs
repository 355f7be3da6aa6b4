//! How a browser carries calls: by fetch, and over a WebSocket.

mod failure;
mod fetch;
mod settings;
mod thrown;

pub(crate) use failure::Failure;
pub use settings::Credentials;

use crate::{Body, BoxError};
use http::{Request, Response};

/// What carries requests in a browser, a worker, or Node.
#[derive(Debug)]
pub(crate) struct Web {
    credentials: Credentials,
}

impl Web {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Web { credentials }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        Ok(fetch::send(request, self.credentials).await?)
    }
}
