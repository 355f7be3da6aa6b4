//! Connections by HTTP/2 to an app's process.
//!
//! Requests of all callers go over the same ones, whatever host they are for: that they say in `:authority`, and nowhere else. None has
//! so many calls that one who does not end his, or does not read what is answered, holds up those of others.

use super::settings::Greeted;
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
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

type BoxError = Box<dyn Error + Send + Sync>;

/// How many calls a connection has at a time: fewer than servers let it have as a rule (RFC 9113, 6.5.2, asks for 100 at least). Where
/// one lets it have fewer, that is how many it has while there may be more connections; then they wait for one another.
const CALLS: usize = 64;

/// How many connections a process has at most.
const CONNECTIONS: usize = 32;

/// How long a process may take to accept one, and then to say how many calls it may have.
const CONNECT: Duration = Duration::from_secs(5);

/// How many bytes of an answer come that nobody has read, and how many of all that a connection has: as many as its calls may.
/// Of an app it is 256 MiB then, at most.
const WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = WINDOW * CALLS as u32;

/// The ways to a process.
#[derive(Debug, Default)]
pub(super) struct Http2(Mutex<Vec<Connection>>);

#[derive(Debug)]
struct Connection {
    /// A process that is started anew has another.
    address: SocketAddr,
    sender: SendRequest<Body>,
    /// How many calls it may have at a time, as the process says.
    most: usize,
    /// What each of its calls has, too.
    calls: Call,
}

/// A call that is under way until this is dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct Call(Arc<()>);

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
        let (mut sender, call) = self.sender(address).await?;
        let mut refused = match sender.try_send_request(request).await {
            Ok(response) => return Ok((response, call)),
            Err(refused) => refused,
        };
        let Some(request) = refused.take_message() else {
            return Err(refused.into_error().into());
        };
        let is_ending = |there: &Connection| Arc::ptr_eq(&there.calls.0, &call.0);
        self.0.lock().await.retain(|there| !is_ending(there));
        drop(call);
        let (mut sender, call) = self.sender(address).await?;
        Ok((sender.send_request(request).await?, call))
    }

    /// A connection that has room for another call, or a new one.
    async fn sender(&self, address: SocketAddr) -> Result<(SendRequest<Body>, Call), BoxError> {
        let mut connections = self.0.lock().await;
        connections.retain(|there| there.address == address && !there.sender.is_closed());
        if let Some(there) = connections.iter().find(|there| there.has_room()) {
            return Ok(there.enter());
        }
        if connections.len() < CONNECTIONS {
            return self.open(address, &mut connections).await;
        }
        // There it waits until another call has ended.
        let fewest = connections.iter().min_by_key(|there| there.calls());
        match fewest.filter(|there| there.calls() < CALLS) {
            Some(there) => Ok(there.enter()),
            None => Err(Busy.into()),
        }
    }

    async fn open(
        &self,
        address: SocketAddr,
        connections: &mut Vec<Connection>,
    ) -> Result<(SendRequest<Body>, Call), BoxError> {
        let socket = timeout(CONNECT, TcpStream::connect(address)).await??;
        socket.set_nodelay(true)?;
        let (socket, most) = Greeted::new(socket);
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
        let most = match timeout(CONNECT, most).await {
            Ok(Ok(Some(most))) => CALLS.min(most as usize).max(1),
            // It sets no bounds, or has said nothing.
            _ => CALLS,
        };
        let opened = Connection {
            address,
            sender,
            most,
            calls: Call::default(),
        };
        let entered = opened.enter();
        connections.push(opened);
        Ok(entered)
    }
}

impl Connection {
    fn has_room(&self) -> bool {
        self.calls() < self.most
    }

    /// How many calls it has.
    fn calls(&self) -> usize {
        // It has one of them itself.
        Arc::strong_count(&self.calls.0) - 1
    }

    fn enter(&self) -> (SendRequest<Body>, Call) {
        (self.sender.clone(), self.calls.clone())
    }
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
