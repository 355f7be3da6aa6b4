//! How the bytes of a call travel: over HTTP, or to a service in this process.

mod connector;
mod failure;
mod http;
mod in_process;
mod socket;
#[cfg(feature = "tls")]
mod tls;

pub(crate) use connector::Connecting;
pub(crate) use failure::ConnectFailure;
pub(crate) use http::{Http, PING_TIMEOUT, Version};
pub(crate) use in_process::InProcess;
#[cfg(feature = "tls")]
pub(crate) use tls::{Trust, refusal};

use crate::{Body, BoxError};
use ::http::{Request, Response};

/// What carries requests.
pub(crate) enum Transport {
    Http(Box<Http>),
    InProcess(InProcess),
}

impl Transport {
    /// Sends a request and waits for the head of its answer. Dropping either cancels the call.
    pub(crate) async fn send(
        &self,
        request: Request<Body>,
        version: Version,
    ) -> Result<Response<Body>, BoxError> {
        match self {
            Transport::Http(http) => http.send(request, version).await,
            Transport::InProcess(service) => service.send(request).await,
        }
    }
}
