//! The way to an app's process. Where nothing listens any more the process has ended as a rule, which the daemon may not have
//! noticed yet: then the next is waited for. Nothing has been sent by then, so that nothing is done twice.

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
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// Where nothing listens is tried again after so long: an app may open its port anew.
const AGAIN: Duration = Duration::from_millis(100);

/// It does so within this time, or not at all.
const REOPEN: Duration = Duration::from_secs(2);

/// How long a process may take to accept a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// Knows where an app's process is.
pub(crate) trait Whereabouts: fmt::Debug + Send + Sync + 'static {
    /// Where it answers, as far as anybody knows.
    fn known(&self) -> Option<SocketAddr>;

    /// Waits until a process answers, elsewhere than at this address.
    ///
    /// # Errors
    ///
    /// Why none will, for people.
    fn found(&self, but: Option<SocketAddr>) -> BoxFuture<'static, Result<SocketAddr, String>>;
}

/// There is no process to connect to.
#[derive(Debug)]
pub(super) enum Unreached {
    /// None will be there by itself: why.
    Over(String),
    /// None was there in time.
    Late,
    /// One is there, and nothing listens.
    Closed,
}

impl fmt::Display for Unreached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreached::Over(why) => formatter.write_str(why),
            Unreached::Late => formatter.write_str("the app is not ready in time"),
            Unreached::Closed => formatter.write_str("nothing listens at the app's port"),
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

/// How long a caller waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Until when a process may be there.
    pub(super) until: Instant,
    /// Until when one that is there may open its port.
    reopens: Instant,
}

impl Dialer {
    /// A process that has ended has so long until there is another.
    pub(super) fn new(whereabouts: Arc<dyn Whereabouts>, patience: Duration) -> Dialer {
        Dialer {
            whereabouts,
            patience,
        }
    }

    /// That of somebody who begins to wait now.
    pub(super) fn patience(&self) -> Patience {
        let now = Instant::now();
        Patience {
            until: now + self.patience,
            reopens: now + REOPEN,
        }
    }

    /// Where the process is known to be, if it is elsewhere.
    pub(super) fn moved(&self, from: SocketAddr) -> Option<SocketAddr> {
        self.whereabouts.known().filter(|known| *known != from)
    }

    /// Where to try next: where a process is by now, or at the same address, where nothing listened.
    pub(super) async fn next(
        &self,
        refused: SocketAddr,
        patience: Patience,
    ) -> Result<SocketAddr, Unreached> {
        let mut but = Some(refused);
        loop {
            let now = Instant::now();
            let soon = (now + AGAIN).min(patience.reopens.max(now));
            let until = match but {
                Some(_) => soon.min(patience.until),
                None => patience.until,
            };
            match timeout_at(until, self.whereabouts.found(but)).await {
                Ok(found) => return found.map_err(Unreached::Over),
                Err(_) if patience.until <= Instant::now() => return Err(Unreached::Late),
                // It has ended: its port may be somebody else's, until it is that of the next process.
                Err(_) if self.whereabouts.known() != Some(refused) => but = None,
                Err(_) if Instant::now() < patience.reopens => return Ok(refused),
                Err(_) => return Err(Unreached::Closed),
            }
        }
    }

    async fn dial(&self, mut address: SocketAddr) -> Result<TcpStream, BoxError> {
        let patience = self.patience();
        loop {
            match timeout(CONNECT, TcpStream::connect(address)).await? {
                Err(error) if is_refused(&error) => {
                    address = self.next(address, patience).await?;
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
