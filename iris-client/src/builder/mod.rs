//! A client with settings of its own.

#[cfg(feature = "native")]
mod connections;
#[cfg(not(feature = "native"))]
mod web;

use crate::call::{Kind, Options};
use crate::client::Shared;
use crate::endpoint::Endpoint;
use crate::failures::Failures;
#[cfg(feature = "native")]
use crate::health::HealthChecks;
#[cfg(feature = "native")]
use crate::hedge::HedgePolicy;
use crate::protocol::{Compress, Protocol};
use crate::retry::{Retry, RetryPolicy};
#[cfg(not(feature = "native"))]
use crate::transport::WebSettings;
use crate::transport::{HttpService, Layers, Transport};
use crate::{Body, BoxError, Client, Compression, Format, IrisError, Status};
use bytes::Bytes;
#[cfg(feature = "native")]
use connections::Connections;
use http::HeaderMap;
#[cfg(feature = "native")]
use http::{HeaderValue, header::USER_AGENT};
use std::sync::Arc;
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

#[cfg(feature = "native")]
const NAME: &str = concat!("iris-client/", env!("CARGO_PKG_VERSION"));

/// Builds a [`Client`]. Anything wrong comes out of [`ClientBuilder::build`].
///
/// ```
/// use iris_client::{Client, Protocol};
/// use std::time::Duration;
///
/// let client = Client::builder("https://api.example.com/v2")
///     .protocol(Protocol::Grpc)
///     .deadline(Duration::from_secs(5))
///     .metadata("x-tenant", "north")
///     .build()?;
/// # Ok::<(), iris_client::IrisError>(())
/// ```
#[derive(Debug)]
#[must_use = "call build() for the client"]
pub struct ClientBuilder {
    endpoint: Result<Endpoint, IrisError>,
    settings: Settings,
    #[cfg(feature = "native")]
    connections: Connections,
    #[cfg(not(feature = "native"))]
    web: WebSettings,
    retry: RetryPolicy,
    #[cfg(feature = "native")]
    hedge: Option<HedgePolicy>,
    every_call: Options,
    layers: Layers,
    #[cfg(feature = "cookies")]
    keep_cookies: bool,
}

/// What each call needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) protocol: Protocol,
    #[cfg(any(feature = "native", feature = "json"))]
    format: Format,
    pub(crate) deadline: Option<Duration>,
    /// The most bytes a received message may have.
    pub(crate) receive_limit: usize,
    /// Which requests are compressed; none where it is `None`.
    pub(crate) compress: Option<Compress>,
    #[cfg(feature = "native")]
    pub(crate) http1_only: bool,
    #[cfg(feature = "native")]
    pub(crate) http2_only: bool,
}

impl Settings {
    /// How messages are written.
    #[cfg(any(feature = "native", feature = "json"))]
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Pages without JSON are without what reads and writes it.
    #[cfg(not(any(feature = "native", feature = "json")))]
    pub(crate) fn format(&self) -> Format {
        Format::Proto
    }
}

impl Default for ClientBuilder {
    /// A builder for a service in this process.
    fn default() -> Self {
        ClientBuilder {
            endpoint: Ok(Endpoint::in_process()),
            settings: Settings {
                protocol: Protocol::Connect,
                #[cfg(any(feature = "native", feature = "json"))]
                format: Format::Proto,
                deadline: None,
                receive_limit: 4 * 1024 * 1024,
                compress: None,
                #[cfg(feature = "native")]
                http1_only: false,
                #[cfg(feature = "native")]
                http2_only: false,
            },
            #[cfg(feature = "native")]
            connections: Connections::default(),
            #[cfg(not(feature = "native"))]
            web: WebSettings::default(),
            retry: RetryPolicy::default(),
            #[cfg(feature = "native")]
            hedge: None,
            every_call: Options::default(),
            layers: Layers::default(),
            #[cfg(feature = "cookies")]
            keep_cookies: false,
        }
    }
}

impl ClientBuilder {
    pub(crate) fn new(url: &str) -> Self {
        ClientBuilder {
            endpoint: Endpoint::of(url),
            ..ClientBuilder::default()
        }
    }

    /// How calls are written on the wire. The default is [`Protocol::Connect`].
    #[cfg(feature = "native")]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.settings.protocol = protocol;
        self
    }

    /// How messages are written. The default is [`Format::Proto`].
    #[cfg(any(feature = "native", feature = "json"))]
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = format;
        self
    }

    /// The most time a call may take that has no deadline of its own. There is none by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// Sends a value with every call. With a name or value that cannot be sent every call fails, with 900 and
    /// `invalid_argument` (see [`Metadata::append`](crate::Metadata::append)).
    pub fn metadata(mut self, name: &str, value: &str) -> Self {
        self.every_call.metadata(name, value);
        self
    }

    /// Keeps the cookies that the server sets, and sends them with later calls of this client and its clones.
    ///
    /// They are in memory alone, and gone with the client.
    #[cfg(feature = "cookies")]
    pub fn keep_cookies(mut self) -> Self {
        self.keep_cookies = true;
        self
    }

    /// How failed calls of idempotent procedures are sent again; see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sends unary calls of idempotent procedures once more while they have no answer; see [`HedgePolicy`]. By default
    /// none are.
    #[cfg(feature = "native")]
    pub fn hedge(mut self, policy: HedgePolicy) -> Self {
        self.hedge = Some(policy);
        self
    }

    /// The most bytes a received message may have; a call that answers more fails with 913, without the
    /// message being decoded. The default is 4 MiB. What a server says of an error is read up to 64 KiB, however
    /// small the limit.
    pub fn max_message_size(mut self, bytes: usize) -> Self {
        self.settings.receive_limit = bytes;
        self
    }

    /// Compresses requests of at least this many bytes, and of a stream each such message by itself. By default none are.
    /// What that would make longer goes as it is; with 0 it is compressed all the same, for tests of servers.
    ///
    /// The server must know the compression: Iris servers do that were built with its feature, and others answer
    /// `unimplemented`. Answers need no setting: each is read that the server compresses in a way this build knows.
    pub fn compress_requests(mut self, compression: Compression, at_least: usize) -> Self {
        self.settings.compress = Some(Compress {
            compression,
            at_least,
        });
        self
    }

    /// Wraps all that this client sends in a `tower` layer: signatures, tracing, limits. May be called several times;
    /// the first is the outermost.
    ///
    /// The layer sees HTTP, each attempt at a call by itself: its path, the metadata and the encoded messages. A
    /// request whose version is HTTP/2 can go by nothing else. Where the layer fails, the call fails with 900, with the
    /// layer's error in `source()`; an [`IrisError`] of the layer's is the call's. Calls through layers cost some
    /// allocations more.
    ///
    /// ```
    /// use iris_client::Client;
    /// use tower::limit::ConcurrencyLimitLayer;
    ///
    /// let client = Client::builder("http://127.0.0.1:8088").layer(ConcurrencyLimitLayer::new(100)).build()?;
    /// # Ok::<(), iris_client::IrisError>(())
    /// ```
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + 'static,
        L::Service:
            Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        <L::Service as Service<http::Request<Body>>>::Future: Send + 'static,
        <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers.add(layer);
        self
    }

    /// The client. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// 900 with `invalid_argument` where the URL, the metadata or a certificate cannot be used, the settings
    /// exclude each other, or one is 0 with which no call could be made.
    pub fn build(mut self) -> Result<Client, IrisError> {
        self.check()?;
        let endpoint = self.endpoint.clone()?;
        let transport = self.transport(&endpoint)?;
        Ok(self.assemble(endpoint, transport))
    }

    /// The client of a service in this process, with these settings. The URL counts for host, prefix and cookies;
    /// what concerns connections does not count.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn build_in_process<S, B>(self, service: S) -> Result<Client, IrisError>
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.check()?;
        let endpoint = self.endpoint.clone()?;
        Ok(self.assemble(endpoint, Transport::InProcess(HttpService::new(service))))
    }

    /// A builder without settings cannot fail.
    pub(crate) fn in_process<S, B>(self, service: S) -> Client
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let transport = Transport::InProcess(HttpService::new(service));
        self.assemble(Endpoint::in_process(), transport)
    }

    fn check(&self) -> Result<(), IrisError> {
        self.every_call.check()?;
        if self
            .settings
            .deadline
            .is_some_and(|deadline| deadline.is_zero())
        {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                "deadline: 0 would end every call before it began; leave it out where there is none",
            ));
        }
        #[cfg(feature = "native")]
        self.connections.check(&self.settings)?;
        Ok(())
    }

    fn assemble(self, endpoint: Endpoint, transport: Transport) -> Client {
        let headers = |kind| -> HeaderMap {
            let Settings {
                protocol, compress, ..
            } = self.settings;
            let format = self.settings.format();
            let mut headers = protocol.headers(format, kind, compress);
            // A browser says itself what it is.
            #[cfg(feature = "native")]
            headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
            self.every_call.metadata.copy_to(&mut headers);
            headers
        };
        #[cfg(feature = "native")]
        let health = match (&transport, self.connections.health_check) {
            (Transport::Http(http), Some(interval)) => {
                Some(HealthChecks::new(http.clone(), interval))
            }
            _ => None,
        };
        Client {
            shared: Arc::new(Shared {
                endpoint,
                transport: self.layers.around(transport),
                unary_headers: headers(Kind::Unary),
                stream_headers: headers(Kind::ServerStreaming),
                settings: self.settings,
                retry: Retry::new(self.retry),
                #[cfg(feature = "native")]
                hedge: self.hedge,
                #[cfg(feature = "native")]
                health,
                failures: Failures::default(),
                #[cfg(feature = "cookies")]
                cookies: self.keep_cookies.then(Default::default),
            }),
        }
    }
}
