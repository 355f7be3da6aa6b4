//! How the bytes of a call travel: over HTTP, or to a service in this process.

mod address;
mod addresses;
mod carried;
mod connection;
mod connections;
mod connector;
mod elsewhere;
mod failure;
mod http;
mod layers;
mod load;
mod resolve;
mod socket;
mod standing;
#[cfg(feature = "tls")]
mod tls;
mod waiting;

pub(crate) use connector::Connecting;
pub(crate) use elsewhere::{Elsewhere, Pinned};
pub(crate) use failure::{ConnectFailure, Via};
pub(crate) use http::{Http, PING_TIMEOUT, Spreading};
pub use layers::HttpService;
pub(crate) use layers::{LayerFailure, Layers};
pub(crate) use resolve::Resolver;
#[cfg(feature = "tls")]
pub(crate) use tls::{Trust, refusal};

use crate::{Body, BoxError};
use ::http::{Request, Response};

/// What carries requests.
pub(crate) enum Transport {
    Http(Http),
    InProcess(HttpService),
    Layered(HttpService),
}

impl Transport {
    /// Sends a request and waits for the head of its answer. Dropping either cancels the call.
    ///
    /// A request of version HTTP/2 is sent by nothing else. Any other goes by HTTP/1.1 over `http`, and over `https`
    /// by whichever version the server prefers.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        match self {
            Transport::Http(http) => http.send(request).await,
            Transport::InProcess(service) => service.send_in_process(request).await,
            Transport::Layered(service) => service.send(request).await,
        }
    }
}
