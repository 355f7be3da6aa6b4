//! The client, and what its clones share.

use crate::builder::{ClientBuilder, Settings};
use crate::call::Kind;
#[cfg(feature = "cookies")]
use crate::cookies::Cookies;
use crate::endpoint::Endpoint;
use crate::failures::{ErrorStream, Failures};
#[cfg(feature = "native")]
use crate::health::HealthChecks;
#[cfg(feature = "native")]
use crate::hedge::HedgePolicy;
use crate::retry::Retry;
use crate::transport::Transport;
use crate::{Body, BoxError, IrisError};
use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use std::fmt;
use std::sync::Arc;
use tower_service::Service;

/// Calls the remotes of one server.
///
/// Clones are cheap, and share connections, cookies and the budget for retries. Connections are made when the
/// first call needs one, so that a client can be built anywhere; calls need a Tokio runtime.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) endpoint: Endpoint,
    pub(crate) transport: Transport,
    pub(crate) settings: Settings,
    pub(crate) retry: Retry,
    #[cfg(feature = "native")]
    pub(crate) hedge: Option<HedgePolicy>,
    #[cfg(feature = "native")]
    pub(crate) health: Option<HealthChecks>,
    pub(crate) failures: Failures,
    /// The headers that are the same for each call.
    pub(crate) unary_headers: HeaderMap,
    pub(crate) stream_headers: HeaderMap,
    #[cfg(feature = "cookies")]
    pub(crate) cookies: Option<Cookies>,
}

impl Client {
    /// A client with everything at its default: Connect, protobuf, no deadline, messages up to 4 MiB.
    ///
    /// The URL has the scheme `http` or `https`, and may have a path, which then comes before that of every
    /// procedure. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// 900 with `invalid_argument` where the URL is none that can be called.
    pub fn connect(url: &str) -> Result<Client, IrisError> {
        Client::builder(url).build()
    }

    /// A client with settings of your own.
    pub fn builder(url: &str) -> ClientBuilder {
        ClientBuilder::new(url)
    }

    /// A client of a service in this process, such as a server's router or a [`Mock`](crate::Mock).
    ///
    /// Calls take the same way as over a network, with the same bytes and headers, but without sockets.
    /// For settings of your own see [`ClientBuilder::build_in_process`].
    pub fn in_process<S, B>(service: S) -> Client
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        ClientBuilder::default().in_process(service)
    }

    /// The failed calls of this client and its clones, from now on: for a log in one place.
    ///
    /// ```no_run
    /// # async fn log(client: iris_client::Client) {
    /// let mut failures = client.on_error();
    /// while let Some(failure) = failures.next().await {
    ///     eprintln!("{}: {}", failure.path(), failure.error);
    /// }
    /// # }
    /// ```
    pub fn on_error(&self) -> ErrorStream {
        self.shared.failures.subscribe()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("url", &self.shared.endpoint.as_str())
            .field("protocol", &self.shared.settings.protocol)
            .field("format", &self.shared.settings.format())
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Whether calls may be sent a second time while they have no answer.
    #[cfg(feature = "native")]
    pub(crate) fn hedges(&self) -> bool {
        self.hedge.is_some()
    }

    #[cfg(not(feature = "native"))]
    pub(crate) fn hedges(&self) -> bool {
        false
    }

    pub(crate) fn headers(&self, kind: Kind) -> &HeaderMap {
        match kind {
            Kind::Unary => &self.unary_headers,
            _ => &self.stream_headers,
        }
    }

    /// Adds the cookies that are kept for it to a request, and gives back whose they are: none where none are kept.
    #[cfg(feature = "cookies")]
    pub(crate) fn add_cookies(&self, request: &mut Request<Body>) -> Option<Uri> {
        let cookies = self.cookies.as_ref()?;
        let uri = request.uri().clone();
        cookies.attach(&uri, request.headers_mut());
        Some(uri)
    }

    #[cfg(feature = "cookies")]
    pub(crate) fn keep_cookies(&self, uri: Option<&Uri>, headers: &HeaderMap) {
        if let (Some(cookies), Some(uri)) = (&self.cookies, uri) {
            cookies.keep(uri, headers);
        }
    }

    #[cfg(not(feature = "cookies"))]
    pub(crate) fn add_cookies(&self, _: &mut Request<Body>) -> Option<Uri> {
        None
    }

    #[cfg(not(feature = "cookies"))]
    pub(crate) fn keep_cookies(&self, _: Option<&Uri>, _: &HeaderMap) {}
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.endpoint.as_str())
    }
}
