//! What is set up for TLS, and the handle that replaces it later.

use super::config::{Clients, Keys, Source};
use super::live::Live;
use super::{Pem, TlsError};
use rustls::ServerConfig;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// TLS 1.2 and 1.3 for an [`HttpServer`](crate::HttpServer): its certificate, and whether callers need one.
///
/// HTTP/2 and HTTP/1.1 are offered (ALPN). Files are looked at every 10 seconds, and used once they
/// have changed; connections that are open stay open. Where new files cannot be used, the old
/// certificate stays and the log says why.
///
/// ```
/// use iris_core::{HttpServer, Pem, Tls};
///
/// let tls = Tls::from_files("/etc/app/server.pem", "/etc/app/server.key")
///     .require_client_certificates(Pem::file("/etc/app/clients-ca.pem"));
/// let server = HttpServer::bind("0.0.0.0:8443").tls(tls);
/// ```
#[derive(Debug)]
#[must_use = "give it to a server: `HttpServer::tls`"]
pub struct Tls {
    pub(super) source: Source,
    pub(super) reload_interval: Option<Duration>,
    pub(super) handshake_timeout: Duration,
    handle: TlsHandle,
}

impl Tls {
    /// The certificates in one file and the private key in another, both in PEM. The server's own
    /// certificate comes first, then those between it and the root.
    pub fn from_files(certificates: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Tls::from_pem(Pem::file(certificates), Pem::file(key))
    }

    /// Certificates and private key from files or memory. The server's own certificate comes first,
    /// then those between it and the root.
    pub fn from_pem(certificates: Pem, key: Pem) -> Self {
        Tls::new(Source::Keys(Keys {
            certificates,
            key,
            clients: Clients::Unasked,
        }))
    }

    /// A configuration of rustls, for whatever cannot be set here: resolving certificates by name,
    /// revocation lists, other cryptography. Where it names no protocols for ALPN, HTTP/2 and HTTP/1.1
    /// are added. Its certificates are its own matter; [`TlsHandle::replace`] puts another in its place.
    pub fn from_config(config: impl Into<Arc<ServerConfig>>) -> Self {
        Tls::new(Source::Config(config.into()))
    }

    fn new(source: Source) -> Self {
        Tls {
            source,
            reload_interval: Some(Duration::from_secs(10)),
            handshake_timeout: Duration::from_secs(10),
            handle: TlsHandle(Arc::new(OnceLock::new())),
        }
    }

    /// Lets nobody connect without a certificate that one of these authorities issued, directly or
    /// through others. `Request::identity` says who it was.
    ///
    /// Each connection's certificate is verified anew: sessions are not resumed. Beside
    /// [`Tls::from_config`] it is an error when the application starts.
    pub fn require_client_certificates(self, authorities: Pem) -> Self {
        self.with_clients(Clients::Required(authorities))
    }

    /// Asks callers for a certificate, and takes those that have none too. One that is not valid, or that
    /// none of these authorities issued, is refused. Beside [`Tls::from_config`] it is an error when
    /// the application starts.
    pub fn allow_client_certificates(self, authorities: Pem) -> Self {
        self.with_clients(Clients::Allowed(authorities))
    }

    fn with_clients(mut self, clients: Clients) -> Self {
        match &mut self.source {
            Source::Keys(keys) => keys.clients = clients,
            // Not to be passed over in silence: callers would get in whom the setting keeps out.
            Source::Config(_) => self.source = Source::Contradiction,
            Source::Contradiction => {}
        }
        self
    }

    /// How often files are read to see whether they have changed: every 10 seconds unless set. `None` is never.
    pub fn reload_interval(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.reload_interval = interval.into();
        self
    }

    /// How long a new connection may take until it is secured: 10 seconds unless set.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout;
        self
    }

    /// What replaces the certificates by hand while the server runs.
    pub fn handle(&self) -> TlsHandle {
        self.handle.clone()
    }

    /// Reads the certificates for the first time.
    pub(crate) fn start(self) -> Result<Arc<Live>, TlsError> {
        if self.handshake_timeout.is_zero() {
            return Err(TlsError::new(
                "handshake_timeout: 0 would leave no time for any handshake",
            ));
        }
        if self
            .reload_interval
            .is_some_and(|interval| interval.is_zero())
        {
            return Err(TlsError::new(
                "reload_interval: 0 would read the files without a pause; write `None` for never",
            ));
        }
        let slot = self.handle.0.clone();
        let live = Arc::new(Live::new(self)?);
        // The settings are used up, so nobody has put anything there before.
        let _ = slot.set(live.clone());
        Ok(live)
    }
}

/// Replaces the certificates of a running server. A clone does the same.
///
/// ```no_run
/// use iris_core::{HttpServer, Iris, StartError, Tls};
///
/// # async fn run() -> Result<(), StartError> {
/// let tls = Tls::from_files("server.pem", "server.key").reload_interval(None);
/// let handle = tls.handle();
/// let running = Iris::without_context()
///     .add_server(HttpServer::bind("0.0.0.0:8443").tls(tls))
///     .start()
///     .await?;
/// if let Err(error) = handle.reload() {
///     eprintln!("the old certificate stays: {error}");
/// }
/// # drop(running);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TlsHandle(Arc<OnceLock<Arc<Live>>>);

impl TlsHandle {
    /// Reads the files now, and uses what is in them for new connections. It waits for the disk.
    ///
    /// # Errors
    ///
    /// Where they cannot be used, or the server was not started; then nothing changes.
    pub fn reload(&self) -> Result<(), TlsError> {
        if let Some(new) = self.live()?.refresh()? {
            new.log();
        }
        Ok(())
    }

    /// Uses these settings for new connections: other certificates, from other files too, or other
    /// authorities for those of callers. Intervals and timeouts stay as they are.
    ///
    /// # Errors
    ///
    /// Where they cannot be used, or the server was not started; then nothing changes.
    pub fn replace(&self, tls: Tls) -> Result<(), TlsError> {
        self.live()?.replace(tls.source)?.log();
        Ok(())
    }

    fn live(&self) -> Result<&Live, TlsError> {
        self.0.get().map(AsRef::as_ref).ok_or_else(|| {
            TlsError::new(
                "TLS: no server was started with these settings, so there is nothing to replace",
            )
        })
    }
}
