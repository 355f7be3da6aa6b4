//! A server that listens, and accepts nothing yet.

use super::connection::Connections;
use super::limits::LimitNames;
use super::listener::{Address, Listener};
use crate::HttpServer;
use crate::service::IrisService;
use crate::start_error::StartError;
#[cfg(feature = "websocket")]
use crate::websocket::Settings;
use std::sync::Arc;

/// Where connections come from, and what serves them.
pub(super) struct Open<C> {
    pub(super) listener: Listener,
    pub(super) address: Address,
    pub(super) connections: Arc<Connections<C>>,
}

impl HttpServer {
    /// Listens, for calls of this service.
    pub(super) async fn open<C: Send + Sync + 'static>(
        self,
        service: &IrisService<C>,
    ) -> Result<Open<C>, StartError> {
        let limits = self.limits.check(&LimitNames::OF_SERVERS);
        limits.map_err(StartError::Setting)?;
        let cors = self
            .cors
            .layer(&self.exposed)
            .map_err(StartError::Setting)?;
        let service = service.with_prefix(&self.prefix)?.with_pages(self.pages);
        // Handshakes are answered before all layers.
        #[cfg(feature = "websocket")]
        let service = service.without_websockets();
        #[cfg(feature = "websocket")]
        let sockets = match self.websocket {
            true => {
                let origins = self.cors.origins().map_err(StartError::Setting)?;
                let limits = self.limits.clone();
                let settings = Settings::new(origins, &self.handshake_headers, limits);
                let mut settings = settings.map_err(StartError::Setting)?;
                settings.wanted = self.websocket_where;
                Some(settings)
            }
            false => None,
        };
        #[cfg(feature = "tls")]
        let tls = match self.tls {
            Some(tls) => Some(tls.start().map_err(StartError::Tls)?),
            None => None,
        };
        let (listener, address) = Listener::open(self.listen).await?;
        let connections = Connections::new(service, self.layers, cors, self.limits);
        #[cfg(feature = "websocket")]
        let connections = connections.with_sockets(sockets);
        #[cfg(feature = "tls")]
        let (connections, address) = match tls {
            Some(tls) => (connections.secured(tls), address.secured()),
            None => (connections, address),
        };
        Ok(Open {
            listener,
            address,
            connections: Arc::new(connections),
        })
    }
}
