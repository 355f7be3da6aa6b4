//! Pools of connections.

use super::connector::{Connecting, Connector, Offer};
use crate::{Body, BoxError, IrisError};
use http::{Request, Response, Version};
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;

/// How much of a stream the server may send before it is read, in bytes.
const STREAM_WINDOW: u32 = 1024 * 1024;

/// The same for all streams of a connection together. Unread streams would stop every other call of the connection
/// where they filled this window; it holds more of them than servers let a connection have (mostly 100 to 250).
const CONNECTION_WINDOW: u32 = 256 * STREAM_WINDOW;

/// How long a ping may stay unanswered before its connection is given up.
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Two pools, since a connection begun in HTTP/1.1 cannot become one in HTTP/2.
///
/// Connections are closed after 20 seconds without a call, before servers close them: a call that meets
/// the closing of its connection fails, and only some may be repeated.
#[derive(Clone)]
pub(crate) struct Http {
    any: Client<Connector, Body>,
    http2: Client<Connector, Body>,
}

impl Http {
    /// Pools that connect lazily. `http1_only` is for servers and proxies that take nothing else; `keep_alive` is
    /// how long an HTTP/2 connection may be silent before it is pinged.
    pub(crate) fn new(
        connecting: &Connecting,
        http1_only: bool,
        keep_alive: Option<Duration>,
    ) -> Result<Self, IrisError> {
        let offer = match http1_only {
            true => Offer::Http1,
            false => Offer::Both,
        };
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .timer(TokioTimer::new())
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .http2_keep_alive_interval(keep_alive)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            // A connection that left the pool counts as idle for hyper though it still has streams. One that has none
            // is closed before it was pinged often.
            .http2_keep_alive_while_idle(true);
        let any = builder.build(Connector::new(connecting, offer)?);
        let http2 = builder
            .http2_only(true)
            .build(Connector::new(connecting, Offer::Http2)?);
        Ok(Http { any, http2 })
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let response = match request.version() {
            Version::HTTP_2 => self.http2.request(request).await?,
            _ => self.any.request(request).await?,
        };
        Ok(response.map(Body::new))
    }
}
