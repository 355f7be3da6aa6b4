//! Settings of what carries calls in a browser.

use super::ClientBuilder;
use crate::IrisError;
use crate::endpoint::Endpoint;
use crate::transport::{Credentials, Transport, Web};

#[derive(Debug, Default)]
pub(super) struct Settings {
    credentials: Credentials,
}

impl ClientBuilder {
    /// What carries calls to the endpoint.
    pub(super) fn transport(&mut self, _endpoint: &Endpoint) -> Result<Transport, IrisError> {
        Ok(Transport::Web(Web::new(self.web.credentials)))
    }

    /// Whether cookies go with calls, and those of answers are kept. The default is [`Credentials::SameOrigin`].
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.web.credentials = credentials;
        self
    }
}
