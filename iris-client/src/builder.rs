//! A client with settings of its own.

use crate::call::{Kind, Options};
use crate::client::Shared;
use crate::endpoint::Endpoint;
use crate::failures::Failures;
use crate::health::HealthChecks;
use crate::hedge::HedgePolicy;
use crate::protocol::{Compress, Protocol};
use crate::retry::{Retry, RetryPolicy};
#[cfg(feature = "tls")]
use crate::transport::Trust;
use crate::transport::{
    Connecting, Http, HttpService, InProcess, Layers, Resolver, Spreading, Transport,
};
use crate::{Body, BoxError, Client, Compression, Format, IrisError, Status};
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

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
    /// More endpoints, beside the first.
    others: Vec<Endpoint>,
    invalid_endpoint: Option<IrisError>,
    settings: Settings,
    connecting: Connecting,
    spreading: Spreading,
    retry: RetryPolicy,
    hedge: Option<HedgePolicy>,
    health_check: Option<Duration>,
    /// `None` where the protocol decides.
    keep_alive: Option<Option<Duration>>,
    every_call: Options,
    layers: Layers,
    #[cfg(feature = "cookies")]
    keep_cookies: bool,
    #[cfg(feature = "tls")]
    invalid_trust: Option<IrisError>,
}

/// What each call needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) protocol: Protocol,
    pub(crate) format: Format,
    pub(crate) deadline: Option<Duration>,
    /// The most bytes a received message may have.
    pub(crate) receive_limit: usize,
    /// Which requests are compressed; none where it is `None`.
    pub(crate) compress: Option<Compress>,
    pub(crate) http1_only: bool,
    pub(crate) http2_only: bool,
}

impl Default for ClientBuilder {
    /// A builder for a service in this process.
    fn default() -> Self {
        ClientBuilder {
            endpoint: Ok(Endpoint::in_process()),
            others: Vec::new(),
            invalid_endpoint: None,
            settings: Settings {
                protocol: Protocol::Connect,
                format: Format::Proto,
                deadline: None,
                receive_limit: 4 * 1024 * 1024,
                compress: None,
                http1_only: false,
                http2_only: false,
            },
            connecting: Connecting {
                timeout: Duration::from_secs(10),
                unix_socket: None,
                http1_only: false,
                keep_alive: None,
                #[cfg(feature = "tls")]
                trust: Trust::default(),
            },
            spreading: Spreading {
                connections: 1,
                resolver: Resolver::default(),
                refresh: Duration::from_secs(30),
            },
            retry: RetryPolicy::default(),
            hedge: None,
            health_check: None,
            keep_alive: None,
            every_call: Options::default(),
            layers: Layers::default(),
            #[cfg(feature = "cookies")]
            keep_cookies: false,
            #[cfg(feature = "tls")]
            invalid_trust: None,
        }
    }
}

impl ClientBuilder {
    pub(crate) fn new(url: &str) -> Self {
        ClientBuilder {
            endpoint: Endpoint::parse(url),
            ..ClientBuilder::default()
        }
    }

    /// How calls are written on the wire. The default is [`Protocol::Connect`].
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.settings.protocol = protocol;
        self
    }

    /// How messages are written. The default is [`Format::Proto`].
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = format;
        self
    }

    /// The most time a call may take that has no deadline of its own. There is none by default.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = Some(deadline);
        self
    }

    /// Sends a value with every call.
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
    pub fn hedge(mut self, policy: HedgePolicy) -> Self {
        self.hedge = Some(policy);
        self
    }

    /// Asks the server at each address whether it serves, from the first call on, each time after this interval, by
    /// gRPC's health checking protocol (`grpc.health.v1.Health/Check`, of the server as a whole) in the client's own
    /// protocol. By default none is asked.
    ///
    /// An address that answers `NOT_SERVING` gets no calls as long as others do. A server that does not know the
    /// procedure counts as serving. Questions keep connections open that calls do not use. In a service in this process
    /// there is nobody to ask.
    pub fn health_check(mut self, interval: Duration) -> Self {
        self.health_check = Some(interval);
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

    /// Speaks HTTP/2 alone, over `http` with prior knowledge.
    ///
    /// By default a client speaks over `https` whichever version the server prefers, and over `http` HTTP/1.1
    /// for unary calls and HTTP/2 for streams. gRPC and bidirectional calls are always in HTTP/2.
    pub fn http2(mut self) -> Self {
        self.settings.http2_only = true;
        self.settings.http1_only = false;
        self
    }

    /// Speaks HTTP/1.1 alone, for servers and proxies that take nothing else.
    ///
    /// Each stream then has a connection to itself. Of a bidirectional call most servers answer nothing before its
    /// requests have ended, so that a caller who waits for one answer before the next request waits forever. gRPC
    /// needs HTTP/2, and is an error of [`ClientBuilder::build`]; [`Protocol::GrpcWeb`] is not.
    pub fn http1(mut self) -> Self {
        self.settings.http1_only = true;
        self.settings.http2_only = false;
        self
    }

    /// Uses this configuration of TLS; its list of ALPN protocols is replaced. It says itself which roots are
    /// trusted and which certificate the client has, so that it excludes [`ClientBuilder::root_certificate`] and
    /// [`ClientBuilder::client_certificate`].
    #[cfg(feature = "tls")]
    pub fn tls(mut self, config: rustls::ClientConfig) -> Self {
        if let Err(error) = self.connecting.trust.configure(config) {
            self.invalid_trust.get_or_insert(error);
        }
        self
    }

    /// Trusts this root certificate, in PEM, and no longer the public authorities. May be called several times,
    /// but not beside [`ClientBuilder::tls`].
    #[cfg(feature = "tls")]
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        if let Err(error) = self.connecting.trust.add_root(pem.as_ref()) {
            self.invalid_trust.get_or_insert(error);
        }
        self
    }

    /// Shows servers that ask for one this certificate, in PEM: the client's own first, then those that issued it up
    /// to the root, which may be left out; and its private key, in PEM too and not encrypted. The last call counts. Not
    /// beside [`ClientBuilder::tls`].
    ///
    /// A server that refuses it says so when the first call is sent, which then fails with 900.
    #[cfg(feature = "tls")]
    pub fn client_certificate(
        mut self,
        chain_pem: impl AsRef<[u8]>,
        key_pem: impl AsRef<[u8]>,
    ) -> Self {
        let trust = &mut self.connecting.trust;
        if let Err(error) = trust.set_identity(chain_pem.as_ref(), key_pem.as_ref()) {
            self.invalid_trust.get_or_insert(error);
        }
        self
    }

    /// The most time a new connection may take, to the end of the TLS handshake, and the most that the lookup of a name
    /// may take before. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connecting.timeout = timeout;
        self
    }

    /// One more server that answers the same, beside the one of the first URL. May be called several times.
    ///
    /// Scheme and path must be those of the first URL. Each call goes to the less busy of two addresses, picked at
    /// random from all that the endpoints have; an address that cannot be reached, or whose connections break, is set
    /// aside for a growing time, from a second to a minute. What is told of a call's address where none was chosen, and
    /// the cookies, go by the first URL.
    pub fn endpoint(mut self, url: &str) -> Self {
        let other = match (Endpoint::parse(url), &self.endpoint) {
            (Ok(other), Ok(first)) if !first.is_like(&other) => Err(IrisError::communication(
                Status::InvalidArgument,
                format!(
                    "endpoint `{url}` must have the same scheme and path as the first, `{}`",
                    first.as_str()
                ),
            )),
            (other, _) => other,
        };
        match other {
            Ok(other) => self.others.push(other),
            Err(error) => {
                self.invalid_endpoint.get_or_insert(error);
            }
        }
        self
    }

    /// The most HTTP/2 connections to each address. The default is 1, as many calls share one; 0 means 1.
    ///
    /// Another is made when a call finds the others busy. More than one is for clients whose calls keep one core busy
    /// with reading and writing, and for servers that let a connection have few calls at a time. Over HTTP/1.1 a call
    /// has a connection to itself, and there are as many as calls at the same time.
    pub fn connections(mut self, most: usize) -> Self {
        self.spreading.connections = most;
        self
    }

    /// How long the addresses of a host name are used before it is resolved again, when a call is made then. The default
    /// is 30 seconds, and the least is one. After a failed attempt to connect the name is resolved at once, if it was
    /// not within the last second.
    ///
    /// Addresses that are new are used from then on; those that are gone are left to the calls that they carry. A name
    /// that cannot be resolved keeps the addresses it had.
    pub fn dns_refresh(mut self, interval: Duration) -> Self {
        self.spreading.refresh = interval;
        self
    }

    /// Finds the addresses of a host and port by this function, for service discovery of your own; by default the system
    /// is asked. Hosts that are addresses themselves are not looked up.
    ///
    /// ```
    /// use iris_client::Client;
    /// use std::net::SocketAddr;
    ///
    /// let client = Client::builder("http://users.internal")
    ///     .resolver(|_host, port| async move { Ok(vec![SocketAddr::from(([10, 0, 0, 7], port))]) })
    ///     .build()?;
    /// # Ok::<(), iris_client::IrisError>(())
    /// ```
    pub fn resolver<F, A>(mut self, resolve: F) -> Self
    where
        F: Fn(String, u16) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        self.spreading.resolver = Resolver::new(resolve);
        self
    }

    /// How long an HTTP/2 connection may be silent before it is asked whether it still is one (by a ping). Without an
    /// answer within 10 seconds it is given up, and its calls fail with 900; the next call connects anew. `None`, or
    /// no time at all, is never.
    ///
    /// The default is 20 seconds in Connect and 5 minutes in gRPC. Less is safe with Iris servers, which take pings
    /// at any rate; those of the gRPC project close connections that ping more often than they allow, which is
    /// every 5 minutes as they come.
    pub fn keep_alive(mut self, interval: Option<Duration>) -> Self {
        self.keep_alive = Some(interval.filter(|interval| !interval.is_zero()));
        self
    }

    /// Connects to this Unix socket. The URL still gives the host and the path prefix that the server sees.
    #[cfg(unix)]
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.connecting.unix_socket = Some(path.into());
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
    /// 900 with `invalid_argument` where the URL, the metadata or a certificate cannot be used, or the settings
    /// exclude each other.
    pub fn build(mut self) -> Result<Client, IrisError> {
        self.check()?;
        let endpoint = self.endpoint.clone()?;
        self.connecting.http1_only = self.settings.http1_only;
        self.connecting.keep_alive = self
            .keep_alive
            .unwrap_or(Some(self.settings.protocol.keep_alive()));
        let endpoints = std::iter::once(&endpoint).chain(&self.others);
        let http = Http::new(
            endpoints.cloned().collect(),
            &self.connecting,
            self.spreading.clone(),
        )?;
        Ok(self.assemble(endpoint, Transport::Http(http)))
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
        Ok(self.assemble(endpoint, Transport::InProcess(InProcess::new(service))))
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
        let transport = Transport::InProcess(InProcess::new(service));
        self.assemble(Endpoint::in_process(), transport)
    }

    fn check(&self) -> Result<(), IrisError> {
        self.every_call.check()?;
        #[cfg(feature = "tls")]
        if let Some(error) = &self.invalid_trust {
            return Err(error.clone());
        }
        if let Some(error) = &self.invalid_endpoint {
            return Err(error.clone());
        }
        if self.connecting.unix_socket.is_some() && !self.others.is_empty() {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                "unix_socket(path) and endpoint(url) exclude each other: a Unix socket is one address",
            ));
        }
        if self.settings.http1_only && self.settings.protocol == Protocol::Grpc {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                "gRPC needs HTTP/2: remove http1(), or use Protocol::Connect or Protocol::GrpcWeb",
            ));
        }
        Ok(())
    }

    fn assemble(self, endpoint: Endpoint, transport: Transport) -> Client {
        let headers = |kind| -> HeaderMap {
            let Settings {
                protocol,
                format,
                compress,
                ..
            } = self.settings;
            let mut headers = protocol.headers(format, kind, compress);
            headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
            self.every_call.metadata.copy_to(&mut headers);
            headers
        };
        let health = match (&transport, self.health_check) {
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
                hedge: self.hedge,
                health,
                failures: Failures::new(),
                #[cfg(feature = "cookies")]
                cookies: self.keep_cookies.then(Default::default),
            }),
        }
    }
}
