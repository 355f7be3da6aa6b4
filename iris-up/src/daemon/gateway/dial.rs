//! The way to an app's process. Where nothing listens any more the process has ended, which the daemon may not have noticed yet:
//! then the next is waited for. Nothing has been sent by then, so that nothing is done twice.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// Where nothing listens is tried again after so long: an app may open its port anew, and the next process may have the same.
const AGAIN: Duration = Duration::from_millis(100);

/// Knows where an app's process is.
pub(crate) trait Whereabouts: fmt::Debug + Send + Sync + 'static {
    /// Waits until a process answers that is not at this address, where nothing listens.
    ///
    /// # Errors
    ///
    /// Why none will, for people.
    fn elsewhere(&self, than: SocketAddr) -> BoxFuture<'static, Result<SocketAddr, String>>;
}

/// There is no process to connect to.
#[derive(Debug)]
pub(super) enum Unreached {
    /// None will be there by itself: why.
    Over(String),
    /// None was there in time.
    Late,
}

impl fmt::Display for Unreached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreached::Over(why) => formatter.write_str(why),
            Unreached::Late => formatter.write_str("the app is not ready in time"),
        }
    }
}

impl Error for Unreached {}

impl Unreached {
    /// The one that led to an error.
    pub(super) fn behind<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Unreached> {
        match error.downcast_ref() {
            Some(unreached) => Some(unreached),
            None => Unreached::behind(error.source()?),
        }
    }
}

/// Connects to an app.
#[derive(Debug, Clone)]
pub(super) struct Dialer {
    whereabouts: Arc<dyn Whereabouts>,
    patience: Duration,
}

impl Dialer {
    /// A process that has ended has so long until there is another.
    pub(super) fn new(whereabouts: Arc<dyn Whereabouts>, patience: Duration) -> Dialer {
        Dialer {
            whereabouts,
            patience,
        }
    }

    /// Until when a process is waited for that is asked for now.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }

    /// Where to try next: where there is a process by now, or at the same address, where nothing listened.
    pub(super) async fn next(
        &self,
        refused: SocketAddr,
        deadline: Instant,
    ) -> Result<SocketAddr, Unreached> {
        let soon = deadline.min(Instant::now() + AGAIN);
        match timeout_at(soon, self.whereabouts.elsewhere(refused)).await {
            Ok(found) => found.map_err(Unreached::Over),
            Err(_) if soon < deadline => Ok(refused),
            Err(_) => Err(Unreached::Late),
        }
    }

    async fn dial(&self, mut address: SocketAddr) -> Result<TcpStream, BoxError> {
        let deadline = self.deadline();
        loop {
            match TcpStream::connect(address).await {
                Err(error) if is_refused(&error) => {
                    address = self.next(address, deadline).await?;
                }
                connected => {
                    let socket = connected?;
                    socket.set_nodelay(true)?;
                    return Ok(socket);
                }
            }
        }
    }
}

/// Nothing listens there.
pub(super) fn is_refused(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

impl Service<Uri> for Dialer {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<TokioIo<TcpStream>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialer = self.clone();
        async move {
            let address = uri.authority().map(|authority| authority.as_str().parse());
            let address = address.ok_or("an address is missing")??;
            Ok(TokioIo::new(dialer.dial(address).await?))
        }
        .boxed()
    }
}
