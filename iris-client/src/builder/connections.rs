//! Settings of connections: to which servers, in which version, inside which TLS.

use super::{ClientBuilder, Settings};
use crate::endpoint::Endpoint;
#[cfg(feature = "tls")]
use crate::transport::Trust;
use crate::transport::{Connecting, Http, Resolver, Spreading, Transport};
use crate::{IrisError, Protocol, Status};
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::time::Duration;

/// How connections are made, and to what.
#[derive(Debug)]
pub(super) struct Connections {
    /// More endpoints, beside the first.
    others: Vec<Endpoint>,
    connecting: Connecting,
    spreading: Spreading,
    pub(super) health_check: Option<Duration>,
    /// `None` where the protocol decides.
    keep_alive: Option<Option<Duration>>,
    /// The first setting that cannot be used.
    invalid: Option<IrisError>,
}

impl Default for Connections {
    fn default() -> Self {
        Connections {
            others: Vec::new(),
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
                http1_connections: 256,
                resolver: Resolver::default(),
                refresh: Duration::from_secs(30),
            },
            health_check: None,
            keep_alive: None,
            invalid: None,
        }
    }
}

impl Connections {
    /// Whether all settings can be used, and beside each other.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), IrisError> {
        if let Some(error) = &self.invalid {
            return Err(error.clone());
        }
        let connect_timeout = self.connecting.timeout;
        for (is_zero, text) in [
            (
                connect_timeout.is_zero(),
                "connect_timeout: 0 would leave no time for any connection",
            ),
            (
                self.spreading.http1_connections == 0,
                "max_http1_connections: 0 would leave no connection to any call; for HTTP/2 alone, write http2()",
            ),
            (
                self.health_check.is_some_and(|interval| interval.is_zero()),
                "health_check: 0 would ask without a pause; leave it out where nobody is to be asked",
            ),
        ] {
            if is_zero {
                return Err(IrisError::communication(Status::InvalidArgument, text));
            }
        }
        if self.connecting.unix_socket.is_some() && !self.others.is_empty() {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                "unix_socket(path) and endpoint(url) exclude each other: a Unix socket is one address",
            ));
        }
        if settings.http1_only && settings.protocol == Protocol::Grpc {
            return Err(IrisError::communication(
                Status::InvalidArgument,
                "gRPC needs HTTP/2: remove http1(), or use Protocol::Connect or Protocol::GrpcWeb",
            ));
        }
        Ok(())
    }
}

impl ClientBuilder {
    /// Connections to the endpoint and the others.
    pub(super) fn transport(&mut self, endpoint: &Endpoint) -> Result<Transport, IrisError> {
        let Connections {
            others,
            connecting,
            spreading,
            keep_alive,
            ..
        } = &mut self.connections;
        connecting.http1_only = self.settings.http1_only;
        connecting.keep_alive = keep_alive.unwrap_or(Some(self.settings.protocol.keep_alive()));
        let endpoints = std::iter::once(endpoint).chain(&*others);
        let http = Http::new(endpoints.cloned().collect(), connecting, spreading.clone())?;
        Ok(Transport::Http(http))
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
    /// needs HTTP/2, and is an error of [`ClientBuilder::build`]; [`Protocol::GrpcWeb`](crate::Protocol::GrpcWeb) is not.
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
        if let Err(error) = self.connections.connecting.trust.configure(config) {
            self.connections.invalid.get_or_insert(error);
        }
        self
    }

    /// Trusts this root certificate, in PEM, and no longer the public authorities. May be called several times,
    /// but not beside [`ClientBuilder::tls`].
    #[cfg(feature = "tls")]
    pub fn root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        if let Err(error) = self.connections.connecting.trust.add_root(pem.as_ref()) {
            self.connections.invalid.get_or_insert(error);
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
        let trust = &mut self.connections.connecting.trust;
        if let Err(error) = trust.set_identity(chain_pem.as_ref(), key_pem.as_ref()) {
            self.connections.invalid.get_or_insert(error);
        }
        self
    }

    /// Shows servers that ask for one the certificate that is in these files, as [`ClientBuilder::client_certificate`] has it.
    /// They are read anew for each connection, so that one that is renewed is used without another client; connections that there
    /// are keep the one that they began with. Where what is there cannot be used, as while only one of the files is written,
    /// the one before is. Sessions of TLS are not resumed.
    ///
    /// Files that cannot be used to begin with are an error of [`ClientBuilder::build`].
    #[cfg(feature = "tls")]
    pub fn client_certificate_files(
        mut self,
        chain: impl Into<std::path::PathBuf>,
        key: impl Into<std::path::PathBuf>,
    ) -> Self {
        let trust = &mut self.connections.connecting.trust;
        if let Err(error) = trust.set_identity_files(chain.into(), key.into()) {
            self.connections.invalid.get_or_insert(error);
        }
        self
    }

    /// The most time a new connection may take, to the end of the TLS handshake, and the most that the lookup of a name
    /// may take before. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connections.connecting.timeout = timeout;
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
            Ok(other) => self.connections.others.push(other),
            Err(error) => {
                self.connections.invalid.get_or_insert(error);
            }
        }
        self
    }

    /// The most HTTP/2 connections to each address. The default is 1, as many calls share one; 0 means 1.
    ///
    /// Another is made when a call finds the others busy. More than one is for clients whose calls keep one core busy
    /// with reading and writing, and for servers that let a connection have few calls at a time. For HTTP/1.1, where a
    /// call has a connection to itself, see [`ClientBuilder::max_http1_connections`].
    pub fn connections(mut self, most: usize) -> Self {
        self.connections.spreading.connections = most;
        self
    }

    /// The most HTTP/1.1 connections to each address, busy, idle and those being made. The default is 256.
    ///
    /// Over HTTP/1.1 a call has a connection to itself until its answer has ended. Calls beyond these wait for one that
    /// another call leaves, the first come first, as long as their deadlines let them; a call whose deadline passes
    /// there fails with 900 and `deadline_exceeded`, and says what it waited for. Servers and proxies may allow a client
    /// fewer.
    pub fn max_http1_connections(mut self, most: usize) -> Self {
        self.connections.spreading.http1_connections = most;
        self
    }

    /// How long the addresses of a host name are used before it is resolved again, when a call is made then. The default
    /// is 30 seconds, and the least is one. After a failed attempt to connect the name is resolved at once, if it was
    /// not within the last second.
    ///
    /// Addresses that are new are used from then on; those that are gone are left to the calls that they carry. A name
    /// that cannot be resolved keeps the addresses it had.
    pub fn dns_refresh(mut self, interval: Duration) -> Self {
        self.connections.spreading.refresh = interval;
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
        self.connections.spreading.resolver = Resolver::new(resolve);
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
        self.connections.keep_alive = Some(interval.filter(|interval| !interval.is_zero()));
        self
    }

    /// Connects to this Unix socket. The URL still gives the host and the path prefix that the server sees.
    #[cfg(unix)]
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.connections.connecting.unix_socket = Some(path.into());
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
        self.connections.health_check = Some(interval);
        self
    }
}
