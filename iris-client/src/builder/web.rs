//! Settings of what carries calls in a browser.

use super::ClientBuilder;
use crate::IrisError;
use crate::endpoint::Endpoint;
use crate::transport::{Credentials, Streams, Transport, Web};

impl ClientBuilder {
    /// What carries calls to the endpoint.
    pub(super) fn transport(&mut self, endpoint: &Endpoint) -> Result<Transport, IrisError> {
        Ok(Transport::Web(Web::new(endpoint, &self.web)))
    }

    /// Whether cookies go with calls by fetch, and those of answers are kept. The default is
    /// [`Credentials::SameOrigin`]. A WebSocket has the cookies that the browser has for its server.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.web.credentials = credentials;
        self
    }

    /// What calls go by. The default is [`Streams::Auto`].
    pub fn streams(mut self, streams: Streams) -> Self {
        self.web.set_streams(streams);
        self
    }
}
