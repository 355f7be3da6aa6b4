//! Connections by HTTP/2 to an app's process.
//!
//! Requests of all callers go over the same ones, whatever host they are for: that they say in `:authority`, and nowhere else. None has
//! so many calls that one who does not end his, or does not read what is answered, holds up those of others.

mod connections;

pub(super) use connections::Call;

use super::dial::{CONNECT, Dialer, Patience, Unreached, is_refused};
use super::settings::Greeted;
use connections::{Connections, Opening, Way};
use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::Body;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};

type BoxError = Box<dyn Error + Send + Sync>;

/// How many calls a connection has at a time: fewer than servers let it have as a rule (RFC 9113, 6.5.2, asks for 100 at least). Where
/// one lets it have fewer, that is how many it has while there may be more connections; then they wait for one another.
const CALLS: usize = 64;

/// How many connections a process has at most.
const CONNECTIONS: usize = 32;

/// How long a process may take to say how many calls a connection may have.
const GREETING: Duration = Duration::from_secs(5);

/// How many bytes of an answer come that nobody has read, and how many of all that a connection has: as many as its calls may.
/// Of an app it is 256 MiB then, at most.
const WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = WINDOW * CALLS as u32;

/// The ways to a process.
#[derive(Debug)]
pub(super) struct Http2 {
    dialer: Dialer,
    connections: Connections,
}

/// A process has as many calls as it may.
#[derive(Debug)]
pub(super) struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the app has as many calls as it may")
    }
}

impl Error for Busy {}

impl Http2 {
    pub(super) fn new(dialer: Dialer) -> Http2 {
        Http2 {
            dialer,
            connections: Connections::default(),
        }
    }

    /// Sends a request there. One that a connection did not take, since it was about to end, goes over another.
    ///
    /// # Errors
    ///
    /// [`Busy`], or what is wrong with the connection.
    pub(super) async fn send(
        &self,
        address: SocketAddr,
        mut request: Request<Body>,
    ) -> Result<(Response<Incoming>, Call), BoxError> {
        name(&mut request, address)?;
        let patience = self.dialer.patience();
        let (mut sender, call) = self.sender(address, patience).await?;
        let mut refused = match sender.try_send_request(request).await {
            Ok(response) => return Ok((response, call)),
            Err(refused) => refused,
        };
        let Some(request) = refused.take_message() else {
            return Err(refused.into_error().into());
        };
        self.connections.remove(&call);
        drop(call);
        let (mut sender, call) = self.sender(address, patience).await?;
        Ok((sender.send_request(request).await?, call))
    }

    /// A connection that has room for another call, or a new one.
    async fn sender(
        &self,
        mut address: SocketAddr,
        patience: Patience,
    ) -> Result<(SendRequest<Body>, Call), BoxError> {
        loop {
            let way = timeout_at(patience.until, self.connections.way(address)).await;
            let opening = match way.map_err(|_| Unreached::Late)?? {
                Way::Over(sender, call) => return Ok((sender, call)),
                Way::Open(opening) => opening,
            };
            // Whoever was about to make one has found that out.
            if let Some(moved) = self.dialer.moved(address) {
                address = moved;
                continue;
            }
            match timeout(CONNECT, TcpStream::connect(address)).await? {
                // Others wait meanwhile, and do not try for themselves.
                Err(error) if is_refused(&error) => {
                    address = self.dialer.next(address, patience).await?;
                }
                connected => return greet(connected?, address, opening).await,
            }
        }
    }
}

async fn greet(
    socket: TcpStream,
    address: SocketAddr,
    opening: Opening,
) -> Result<(SendRequest<Body>, Call), BoxError> {
    socket.set_nodelay(true)?;
    let (socket, greeted) = Greeted::new(socket);
    let (sender, driver) = Builder::new(TokioExecutor::new())
        // Until the process has said how many calls it takes: what is more than that it refuses.
        .initial_max_send_streams(1)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .handshake(TokioIo::new(socket))
        .await?;
    tokio::spawn(async move {
        if let Err(error) = driver.await {
            tracing::debug!(%error, %address, "a connection to an app broke off");
        }
    });
    Ok(opening.made(sender, greeted))
}

/// What `host` says, `:authority` says, and `host` no longer.
fn name(request: &mut Request<Body>, address: SocketAddr) -> Result<(), http::Error> {
    let host = request.headers_mut().remove(HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let mut parts = request.uri().clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(match host {
        Some(host) => host,
        None => Authority::try_from(address.to_string())?,
    });
    *request.uri_mut() = Uri::from_parts(parts)?;
    Ok(())
}
