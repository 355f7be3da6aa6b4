//! A connection by HTTP/2 to an app's process.
//!
//! It is one for all requests, whatever host they are for: that they say in `:authority`, and nowhere else.

use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use iris_core::Body;
use std::error::Error;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

type BoxError = Box<dyn Error + Send + Sync>;

/// The way to a process.
#[derive(Debug, Default)]
pub(super) struct Http2(Mutex<Option<Connection>>);

#[derive(Debug, Clone)]
struct Connection {
    /// A process that is started anew has another.
    address: SocketAddr,
    sender: SendRequest<Body>,
}

impl Http2 {
    /// Sends a request there. One that a connection did not take, since it was about to end, goes over another.
    pub(super) async fn send(
        &self,
        address: SocketAddr,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, BoxError> {
        name(&mut request, address)?;
        let mut sender = self.sender(address, false).await?;
        let refused = match sender.try_send_request(request).await {
            Ok(response) => return Ok(response),
            Err(refused) => refused,
        };
        let mut refused = refused;
        let Some(request) = refused.take_message() else {
            return Err(refused.into_error().into());
        };
        let mut sender = self.sender(address, true).await?;
        Ok(sender.send_request(request).await?)
    }

    /// The connection that there is, or another.
    async fn sender(&self, address: SocketAddr, anew: bool) -> Result<SendRequest<Body>, BoxError> {
        let mut connection = self.0.lock().await;
        if let Some(there) = &*connection
            && there.address == address
            && !there.sender.is_closed()
            && !anew
        {
            return Ok(there.sender.clone());
        }
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let (sender, driver) = handshake(TokioExecutor::new(), TokioIo::new(socket)).await?;
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::debug!(%error, %address, "a connection to an app broke off");
            }
        });
        let there = Connection { address, sender };
        Ok(connection.insert(there).sender.clone())
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
