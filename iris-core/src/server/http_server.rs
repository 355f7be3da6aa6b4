//! The settings of one HTTP server.

use super::cors::Cors;
use super::listener::Listen;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

/// An HTTP server: HTTP/1.1 and HTTP/2 on one port, without TLS.
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
    pub(crate) header_timeout: Duration,
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
            header_timeout: Duration::from_secs(30),
        }
    }

    /// Serves everything below a prefix: with `/api`, procedures are at `/api/users.v1.Users/Create`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
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

    /// How long a connection may be without the head of a request, from its beginning or from the last
    /// answer: 30 seconds unless set. HTTP/2 connections may be idle for longer: they are asked whether
    /// anybody is there.
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }
}
