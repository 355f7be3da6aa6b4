//! The settings of one HTTP server.

use super::cors::Cors;
use super::layers::{HttpService, Layers};
use super::limits::Limits;
use super::listener::Listen;
use crate::Body;
use crate::pages::Pages;
#[cfg(feature = "websocket")]
use crate::websocket::Wanted;
use bytes::Bytes;
use std::error::Error;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

/// An HTTP server: HTTP/1.1 and HTTP/2 on one port. With the feature `tls` it can speak TLS.
///
/// ```
/// use iris_core::HttpServer;
///
/// let server = HttpServer::bind("127.0.0.1:8088")
///     .prefix("/api")
///     .allow_origins(["https://app.example.com"]);
/// ```
#[derive(Debug)]
#[must_use = "add it to an application: `Iris::add_server`"]
pub struct HttpServer {
    pub(crate) listen: Listen,
    pub(crate) prefix: String,
    pub(crate) cors: Cors,
    pub(crate) exposed: Vec<String>,
    pub(crate) limits: Limits,
    pub(crate) pages: Pages,
    pub(crate) layers: Layers,
    #[cfg(feature = "websocket")]
    pub(crate) websocket: bool,
    #[cfg(feature = "websocket")]
    pub(crate) websocket_where: Option<Wanted>,
    #[cfg(feature = "websocket")]
    pub(crate) handshake_headers: Vec<String>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<super::tls::Tls>,
}

impl HttpServer {
    /// Listens at `host:port` once the application starts. Port 0 is any free port.
    pub fn bind(address: impl Into<String>) -> Self {
        HttpServer::new(Listen::Tcp(address.into()))
    }

    /// Listens with a socket that is already bound.
    pub fn from_listener(listener: TcpListener) -> Self {
        HttpServer::new(Listen::Bound(listener))
    }

    /// Listens at a Unix socket. A socket file that nobody listens at any more is replaced.
    #[cfg(unix)]
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        HttpServer::new(Listen::Unix(path.into()))
    }

    fn new(listen: Listen) -> Self {
        HttpServer {
            listen,
            prefix: String::new(),
            cors: Cors::Off,
            exposed: Vec::new(),
            limits: Limits::default(),
            pages: Pages::default(),
            layers: Layers::default(),
            #[cfg(feature = "websocket")]
            websocket: true,
            #[cfg(feature = "websocket")]
            websocket_where: None,
            #[cfg(feature = "websocket")]
            handshake_headers: Vec::new(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Serves everything below a prefix: with `/api`, procedures are at `/api/users.v1.Users/Create`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Whether calls may come over a WebSocket, at `/-/websocket` below the prefix: yes unless set. Pages of the
    /// server's own origin may open one, and those of [`HttpServer::allow_origins`] and
    /// [`HttpServer::allow_any_origin`].
    #[cfg(feature = "websocket")]
    pub fn websocket(mut self, serve: bool) -> Self {
        self.websocket = serve;
        self
    }

    /// Takes calls over a WebSocket where a handshake is one of these, such as those for a certain host. All others are requests
    /// for whatever is layered around the remotes ([`HttpServer::layer`]): handshakes that are taken pass no layer.
    #[cfg(feature = "websocket")]
    pub fn websocket_where(
        mut self,
        wanted: impl Fn(&http::Request<crate::Body>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.websocket_where = Some(Wanted::new(wanted));
        self
    }

    /// Names of headers that a proxy in front sets or removes, and that the application trusts, such as
    /// `x-auth-request-user`. A proxy sees the handshake of a WebSocket and not the calls on it: so calls have these
    /// headers from the handshake alone. `cookie`, `forwarded`, `x-forwarded-*`, `x-real-ip` and whatever else the
    /// handshake has are taken from there anyway.
    #[cfg(feature = "websocket")]
    pub fn handshake_headers<S: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        self.handshake_headers
            .extend(names.into_iter().map(Into::into));
        self
    }

    /// Lets browser pages of these origins call, with their cookies. An origin is `https://host` or
    /// `https://host:port`; to let every page call, without cookies, see [`HttpServer::allow_any_origin`].
    pub fn allow_origins<S: Into<String>>(mut self, origins: impl IntoIterator<Item = S>) -> Self {
        self.cors = Cors::Origins(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Lets pages of every origin call, without cookies: browsers then send none, so that no page
    /// can act for a person who is signed in.
    pub fn allow_any_origin(mut self) -> Self {
        self.cors = Cors::Any;
        self
    }

    /// Lets pages of other origins read these names of the metadata and trailers that procedures send back.
    pub fn expose_metadata<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.exposed.extend(names.into_iter().map(Into::into));
        self
    }

    /// Serves the OpenAPI document of the application's contracts at `/-/openapi.json`, below the prefix.
    /// Off unless asked for: it tells strangers what there is to call.
    pub fn openapi(mut self, serve: bool) -> Self {
        self.pages.openapi = serve;
        self
    }

    /// Serves a page at `/-/explorer`, below the prefix, on which people find the application's procedures
    /// with their docs and call them, streams included; and the OpenAPI document that it shows. It needs
    /// [`Iris::contract`](crate::Iris::contract), and nothing from other hosts. Off unless asked for.
    pub fn explorer(mut self, serve: bool) -> Self {
        self.pages.explorer = serve;
        self.pages.openapi |= serve;
        self
    }

    /// Wraps all that this server answers in a `tower` layer: authentication, rate limits, headers. May be called
    /// several times; the first is the outermost. Preflights of CORS and the handshakes of WebSockets are answered
    /// before; the calls on a WebSocket come through the layers as others do.
    ///
    /// The layer sees HTTP, as it came: the prefix is in the path, the [`Peer`](crate::Peer) in the extensions,
    /// and what it puts there is in [`Request::extensions`](crate::Request::extensions). Where it fails or panics, the
    /// caller gets 902. It may wrap a request's body: the limits of time hold all the same, and streams may pause, as long
    /// as it keeps the extensions. Calls through layers cost some allocations more.
    ///
    /// ```
    /// use iris_core::HttpServer;
    /// use tower_http::cors::CorsLayer;
    ///
    /// let server = HttpServer::bind("127.0.0.1:8088").layer(CorsLayer::permissive());
    /// ```
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + 'static,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as Service<http::Request<Body>>>::Future: Send,
        <L::Service as Service<http::Request<Body>>>::Error: Into<Box<dyn Error + Send + Sync>>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.layers.add(layer);
        self
    }

    /// Speaks TLS, and nothing else: whoever comes with plain HTTP is told so.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: super::tls::Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// How long a connection may be without the head of a request, from its beginning or from the last
    /// answer: 30 seconds unless set. HTTP/2 connections may be idle for longer: they are asked whether
    /// anybody is there. Behind a proxy that keeps connections, make this longer than the proxy does.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.limits.header_timeout = timeout;
        self
    }

    /// How long a caller may pause while its message is awaited: 30 seconds unless set. The call then
    /// fails with 900. Between the messages of a stream it may pause for as long as it likes.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body_timeout = timeout;
        self
    }

    /// How long a caller may take not one byte of what was written to it: 60 seconds unless set, or up to twice that where
    /// it took some shortly before. Over HTTP/2 the answer is given up that its window holds back, with RST_STREAM and
    /// CANCEL, and over HTTP/1.1 the connection, as everywhere where its socket takes nothing. The procedure is dropped, as
    /// where its caller gives up. Streams that have nothing to say may say nothing for as long as they like. `None` is never:
    /// for callers who stop reading for longer and go on then.
    pub fn write_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.limits.write_timeout = timeout.into();
        self
    }

    /// Closes a connection that has had no call for so long. HTTP/1.1 connections are subject to
    /// [`HttpServer::header_timeout`] as well; those of HTTP/2 stay open unless this is set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = Some(timeout);
        self
    }

    /// Closes a connection at this age, or up to a tenth earlier, so that callers spread over servers
    /// that are new. Its calls may finish, for as long as [`HttpServer::max_connection_age_grace`] lets
    /// them: HTTP/2 callers get a GOAWAY, those of HTTP/1.1 `connection: close`. Not limited unless set.
    pub fn max_connection_age(mut self, age: Duration) -> Self {
        self.limits.max_age = Some(age);
        self
    }

    /// How long the calls of a connection may go on once it is to close for its age or idleness: 30
    /// seconds unless set. What is left then is cut off, streams too.
    pub fn max_connection_age_grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }

    /// How many connections there may be at once; one more is closed as soon as it is accepted. Not
    /// limited unless set.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.max_connections = Some(connections);
        self
    }

    /// The silence after which a peer of HTTP/2 or a WebSocket is asked whether it is there, with a PING: 30 seconds
    /// unless set. `None` is never; TCP then finds out, on Linux after some three minutes: 60 s of silence, and nine
    /// questions 15 s apart.
    pub fn keep_alive(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.limits.keep_alive = interval.into();
        self
    }

    /// How long a peer may take to answer a PING: 20 seconds unless set. Then its connection is closed.
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.limits.keep_alive_timeout = timeout;
        self
    }

    /// How many calls an HTTP/2 connection or a WebSocket may have at once: 200 unless set. More are refused, and
    /// callers that heed the setting wait with them.
    pub fn max_concurrent_streams(mut self, streams: u32) -> Self {
        self.limits.max_streams = streams;
        self
    }

    /// How many calls a peer of HTTP/2 or a WebSocket may have begun and given up again before the server has looked
    /// at them: 20 unless set. One more ends the connection (CVE-2023-44487).
    pub fn max_pending_resets(mut self, resets: usize) -> Self {
        self.limits.max_pending_resets = resets;
        self
    }
}
