//! How the bytes of a call travel: over HTTP, as a browser carries them, or to a service in this process.

mod layers;
#[cfg(feature = "native")]
mod native;
#[cfg(not(feature = "native"))]
mod web;

pub use layers::HttpService;
pub(crate) use layers::{LayerFailure, Layers};
#[cfg(feature = "native")]
pub(crate) use native::{
    ConnectFailure, Connecting, Elsewhere, HEAD_LIMIT, Http, PING_TIMEOUT, Pinned, Resolver,
    Spreading, Via,
};
#[cfg(feature = "tls")]
pub(crate) use native::{Trust, refusal};
#[cfg(not(feature = "native"))]
pub use web::{Credentials, Streams};
#[cfg(not(feature = "native"))]
pub(crate) use web::{Failure, Settings as WebSettings, Web};

use crate::deadline::Deadline;
use crate::{Body, BoxError};
use http::{Request, Response};
use std::mem;

/// What carries requests.
pub(crate) enum Transport {
    #[cfg(feature = "native")]
    Http(Http),
    #[cfg(not(feature = "native"))]
    Web(Web),
    InProcess(HttpService),
    Layered(HttpService),
}

impl Transport {
    /// Whether a request that is sent again may go to another address.
    #[cfg(feature = "native")]
    pub(crate) fn may_lead_elsewhere(&self) -> bool {
        match self {
            Transport::Http(http) => http.may_lead_elsewhere(),
            // Whether one of the layers chooses is not known.
            Transport::Layered(_) => true,
            Transport::InProcess(_) => false,
        }
    }

    /// Makes it possible that requests stream.
    #[cfg(not(feature = "native"))]
    pub(crate) fn expect_streams(&self) {
        if let Transport::Web(web) = self {
            web.expect_streams();
        }
    }

    /// Sends a request and waits for the head of its answer. Dropping either cancels the call.
    ///
    /// A request of version HTTP/2 is sent by nothing else. Any other goes by HTTP/1.1 over `http`, and over `https`
    /// by whichever version the server prefers. What is sent is taken out of the request.
    ///
    /// The caller enforces the deadline; here it is known for saying what the call waited for.
    pub(crate) async fn send(
        &self,
        request: &mut Request<Body>,
        #[cfg_attr(not(feature = "native"), expect(unused_variables))] deadline: Deadline,
    ) -> Result<Response<Body>, BoxError> {
        match self {
            #[cfg(feature = "native")]
            Transport::Http(http) => http.send(request, deadline).await,
            #[cfg(not(feature = "native"))]
            Transport::Web(web) => web.send(mem::take(request)).await,
            Transport::InProcess(service) => service.send_in_process(mem::take(request)).await,
            Transport::Layered(service) => {
                #[cfg(feature = "native")]
                request.extensions_mut().insert(deadline);
                service.send(mem::take(request)).await
            }
        }
    }
}
