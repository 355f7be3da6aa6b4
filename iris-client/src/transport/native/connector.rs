//! Connections: a socket, TLS where the URL asks for it, within the connect timeout; then HTTP.

use super::address::OpenHttp1;
use super::connection::{Http1, Http2};
use super::failure::ConnectFailure;
use super::gathered::Gathered;
use super::http::{CONNECTION_WINDOW, HEAD_LIMIT, PING_TIMEOUT, STREAM_WINDOW};
use super::load::Load;
use super::socket::{Socket, Sockets};
use super::tasks::Tasks;
#[cfg(feature = "tls")]
use super::tls::{self, Trust};
use crate::IrisError;
use http::Uri;
use hyper::client::conn::{http1, http2};
use hyper_util::client::legacy::connect::Connection as _;
use hyper_util::rt::TokioTimer;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower_service::Service;

#[cfg(feature = "tls")]
type Stream = hyper_rustls::MaybeHttpsStream<Socket>;
#[cfg(not(feature = "tls"))]
type Stream = Socket;

/// As good as never. The HTTP stack adds what it is given to the time that it is, and panics where that is beyond all
/// counting, as it is with `Duration::MAX`.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How connections are made.
#[derive(Debug)]
pub(crate) struct Connecting {
    pub(crate) timeout: Duration,
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "the builder sets it on unix alone")
    )]
    pub(crate) unix_socket: Option<PathBuf>,
    pub(crate) http1_only: bool,
    /// How long an HTTP/2 connection may be silent before it is pinged.
    pub(crate) keep_alive: Option<Duration>,
    #[cfg(feature = "tls")]
    pub(crate) trust: Trust,
}

/// Where a socket is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Peer {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(Arc<Path>),
}

/// A new connection.
pub(super) enum Opened {
    Http1(Http1),
    Http2(Http2),
}

/// Makes connections.
pub(super) struct Connector {
    pub(super) timeout: Duration,
    http2: http2::Builder<Tasks>,
    #[cfg(feature = "tls")]
    any: Arc<rustls::ClientConfig>,
    #[cfg(feature = "tls")]
    http2_only: Arc<rustls::ClientConfig>,
}

impl Connector {
    pub(super) fn new(connecting: &Connecting) -> Result<Self, IrisError> {
        let mut http2 = http2::Builder::new(Tasks);
        http2
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEAD_LIMIT)
            .keep_alive_interval(connecting.keep_alive.map(|interval| interval.min(LONGEST)))
            .keep_alive_timeout(PING_TIMEOUT)
            // A connection that left its address's set counts as idle for hyper though it still has streams. One that
            // has none is closed before it was pinged often.
            .keep_alive_while_idle(true);
        #[cfg(feature = "tls")]
        let either: &[&[u8]] = match connecting.http1_only {
            true => &[b"http/1.1"],
            false => &[b"h2", b"http/1.1"],
        };
        Ok(Connector {
            timeout: connecting.timeout,
            http2,
            #[cfg(feature = "tls")]
            any: connecting.trust.config(either)?,
            #[cfg(feature = "tls")]
            http2_only: connecting.trust.config(&[b"h2"])?,
        })
    }

    /// A connection to this peer, for requests to this URL's host. Over `https` either version may come of it, unless
    /// it has to be HTTP/2. One in HTTP/1.1 is `counted`.
    pub(super) async fn open(
        &self,
        uri: Uri,
        peer: &Peer,
        http2: bool,
        counted: impl FnOnce() -> OpenHttp1,
    ) -> Result<Opened, ConnectFailure> {
        let connecting = self.connect(uri, peer, http2);
        let stream = tokio::time::timeout(self.timeout, connecting)
            .await
            .map_err(|_| ConnectFailure::timed_out(self.timeout))??;
        match http2 || stream.connected().is_negotiated_h2() {
            true => {
                let load = Arc::new(Load::new());
                let stream = Gathered::new(stream, load.clone());
                let begun = self.http2.handshake(stream).await;
                let (sender, connection) = begun.map_err(not_begun)?;
                tokio::spawn(connection);
                Ok(Opened::Http2(Http2::new(sender, load)))
            }
            false => {
                let begun = http1::Builder::new().handshake(stream).await;
                let (sender, connection) = begun.map_err(not_begun)?;
                let open = counted();
                tokio::spawn(async move {
                    // How it ended is told to the call that it carried.
                    let _ = connection.await;
                    drop(open);
                });
                Ok(Opened::Http1(Http1::new(sender)))
            }
        }
    }

    #[cfg(feature = "tls")]
    async fn connect(&self, uri: Uri, peer: &Peer, http2: bool) -> Result<Stream, ConnectFailure> {
        let config = match http2 {
            true => &self.http2_only,
            false => &self.any,
        };
        let needs_http2 = http2 && uri.scheme_str() == Some("https");
        let mut secured = hyper_rustls::HttpsConnector::from((sockets(peer), config.clone()));
        let stream = secured.call(uri).await.map_err(explained)?;
        match needs_http2 && !stream.connected().is_negotiated_h2() {
            true => Err(ConnectFailure::lasting(tls::no_http2(), None)),
            false => Ok(stream),
        }
    }

    #[cfg(not(feature = "tls"))]
    async fn connect(&self, uri: Uri, peer: &Peer, _: bool) -> Result<Stream, ConnectFailure> {
        sockets(peer).call(uri).await
    }
}

fn sockets(peer: &Peer) -> Sockets {
    match peer {
        Peer::Tcp(address) => Sockets::tcp(*address),
        #[cfg(unix)]
        Peer::Unix(path) => Sockets::Unix(path.clone()),
    }
}

/// The socket was there, and HTTP could not begin on it.
fn not_begun(error: hyper::Error) -> ConnectFailure {
    let text = format!("the connection broke off at its beginning: {error}");
    ConnectFailure::passing(text, Some(error.into()))
}

/// The sockets' own failures are kept; anything else is TLS's.
#[cfg(feature = "tls")]
fn explained(error: crate::BoxError) -> ConnectFailure {
    match error.downcast::<ConnectFailure>() {
        Ok(failure) => *failure,
        Err(error) => tls::failure(error),
    }
}
