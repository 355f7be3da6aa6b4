//! From host names to addresses.

use super::failure::{ConnectFailure, NoAddress};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Finds the addresses of a host.
#[derive(Clone)]
pub(crate) struct Resolver(Arc<dyn Fn(String, u16) -> Resolving + Send + Sync>);

impl Resolver {
    pub(crate) fn new<F, A>(resolve: F) -> Self
    where
        F: Fn(String, u16) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        Resolver(Arc::new(move |host, port| Box::pin(resolve(host, port))))
    }

    /// The addresses, in the resolver's order; at least one.
    pub(super) async fn addresses(
        &self,
        host: &str,
        port: u16,
        timeout: Duration,
    ) -> Result<Vec<SocketAddr>, ConnectFailure> {
        let resolving = (self.0)(host.to_owned(), port);
        let found = tokio::time::timeout(timeout, resolving)
            .await
            .map_err(|_| ConnectFailure::timed_out(timeout))?;
        let failed = |error| ConnectFailure::socket(NoAddress(error).into());
        match found.map_err(failed)? {
            none if none.is_empty() => Err(failed(io::Error::new(
                io::ErrorKind::NotFound,
                "the resolver found none",
            ))),
            some => Ok(some),
        }
    }
}

impl Default for Resolver {
    /// The system's.
    fn default() -> Self {
        Resolver::new(|host, port| async move {
            Ok(tokio::net::lookup_host((host, port)).await?.collect())
        })
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Resolver")
    }
}
