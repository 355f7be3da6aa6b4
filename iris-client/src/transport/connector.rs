//! Connections: a socket, TLS where the URL asks for it, within the connect timeout.

use super::failure::ConnectFailure;
use super::socket::{Socket, Sockets};
#[cfg(feature = "tls")]
use super::tls::{self, Trust};
use crate::IrisError;
use http::Uri;
#[cfg(feature = "tls")]
use hyper_util::client::legacy::connect::Connection as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service;

#[cfg(feature = "tls")]
type Secured = hyper_rustls::HttpsConnector<Sockets>;
#[cfg(not(feature = "tls"))]
type Secured = Sockets;

#[cfg(feature = "tls")]
type Stream = hyper_rustls::MaybeHttpsStream<Socket>;
#[cfg(not(feature = "tls"))]
type Stream = Socket;

/// How connections are made.
#[derive(Debug)]
pub(crate) struct Connecting {
    pub(crate) timeout: Duration,
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "the builder sets it on unix alone")
    )]
    pub(crate) unix_socket: Option<PathBuf>,
    #[cfg(feature = "tls")]
    pub(crate) trust: Trust,
}

/// Which versions of HTTP the connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    Http1,
    Http2,
    Both,
}

/// Makes connections for a pool.
#[derive(Clone)]
pub(super) struct Connector {
    secured: Secured,
    timeout: Duration,
    #[cfg(feature = "tls")]
    offer: Offer,
}

impl Connector {
    pub(super) fn new(connecting: &Connecting, offer: Offer) -> Result<Self, IrisError> {
        let sockets = match &connecting.unix_socket {
            #[cfg(unix)]
            Some(path) => Sockets::Unix(path.as_path().into()),
            _ => Sockets::tcp(),
        };
        Ok(Connector {
            secured: secured(sockets, connecting, offer)?,
            timeout: connecting.timeout,
            #[cfg(feature = "tls")]
            offer,
        })
    }
}

#[cfg(feature = "tls")]
fn secured(sockets: Sockets, connecting: &Connecting, offer: Offer) -> Result<Secured, IrisError> {
    let protocols: &[&[u8]] = match offer {
        Offer::Http1 => &[b"http/1.1"],
        Offer::Http2 => &[b"h2"],
        Offer::Both => &[b"h2", b"http/1.1"],
    };
    let config = connecting.trust.config(protocols)?;
    Ok(Secured::from((sockets, config)))
}

#[cfg(not(feature = "tls"))]
fn secured(sockets: Sockets, _: &Connecting, _: Offer) -> Result<Secured, IrisError> {
    Ok(sockets)
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = ConnectFailure;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, ConnectFailure>> + Send>>;

    #[cfg(feature = "tls")]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ConnectFailure>> {
        self.secured.poll_ready(context).map_err(explained)
    }

    #[cfg(not(feature = "tls"))]
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ConnectFailure>> {
        self.secured.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let after = self.timeout;
        #[cfg(feature = "tls")]
        let connecting = {
            let needs_http2 = self.offer == Offer::Http2 && uri.scheme_str() == Some("https");
            let secured = self.secured.call(uri);
            async move {
                let stream = secured.await.map_err(explained)?;
                match needs_http2 && !stream.connected().is_negotiated_h2() {
                    true => Err(ConnectFailure::lasting(tls::no_http2(), None)),
                    false => Ok(stream),
                }
            }
        };
        #[cfg(not(feature = "tls"))]
        let connecting = self.secured.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(after, connecting).await {
                Ok(result) => result,
                Err(_) => Err(ConnectFailure::timed_out(after)),
            }
        })
    }
}

/// The sockets' own failures are kept; anything else is TLS's.
#[cfg(feature = "tls")]
fn explained(error: crate::BoxError) -> ConnectFailure {
    match error.downcast::<ConnectFailure>() {
        Ok(failure) => *failure,
        Err(error) => tls::failure(error),
    }
}
