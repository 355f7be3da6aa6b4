//! The certificates that new connections get, and their replacement.

use super::config::{Source, Usable};
use super::identity::Identity;
use super::settings::Tls;
use super::{TlsError, plain};
use crate::server::socket::Socket;
use rustls::ServerConfig;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// The type of a record that begins a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// What the connections of a running server are secured with.
#[derive(Debug)]
pub(crate) struct Live {
    config: RwLock<Arc<ServerConfig>>,
    loaded: Mutex<Loaded>,
    /// Whether `loaded` comes from files, told without waiting for whoever reads them.
    has_files: AtomicBool,
    /// Keys are not kept for comparison: their keyed hash is.
    hasher: RandomState,
    interval: Option<Duration>,
    handshake_timeout: Duration,
}

/// What the configuration in use was made of.
#[derive(Debug)]
struct Loaded {
    source: Source,
    hash: u64,
}

/// A connection after its handshake.
pub(crate) struct Secured {
    pub(crate) socket: Socket,
    pub(crate) identity: Option<Identity>,
}

impl Live {
    pub(super) fn new(tls: Tls) -> Result<Self, TlsError> {
        let hasher = RandomState::new();
        let contents = tls.source.read()?;
        let usable = tls.source.config(&contents)?;
        if let Some(warning) = &usable.warning {
            tracing::warn!("{warning}");
        }
        let hash = hasher.hash_one(&contents);
        let source = tls.source;
        Ok(Live {
            config: RwLock::new(usable.config),
            has_files: AtomicBool::new(source.has_files()),
            loaded: Mutex::new(Loaded { source, hash }),
            hasher,
            interval: tls.reload_interval,
            handshake_timeout: tls.handshake_timeout,
        })
    }

    /// Reads what is there now. What is new is in use from then on.
    pub(super) fn refresh(&self) -> Result<Option<New>, TlsError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = loaded.source.read()?;
        let hash = self.hasher.hash_one(&contents);
        if hash == loaded.hash {
            return Ok(None);
        }
        let new = self.put(&loaded.source, loaded.source.config(&contents)?);
        loaded.hash = hash;
        Ok(Some(new))
    }

    pub(super) fn replace(&self, source: Source) -> Result<New, TlsError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = source.read()?;
        let new = self.put(&source, source.config(&contents)?);
        let hash = self.hasher.hash_one(&contents);
        self.has_files.store(source.has_files(), Ordering::Relaxed);
        *loaded = Loaded { source, hash };
        Ok(new)
    }

    /// A whole new configuration: sessions of the old one, verified by its rules, are not resumed.
    fn put(&self, source: &Source, usable: Usable) -> New {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = usable.config;
        New {
            source: source.to_string(),
            warning: usable.warning,
        }
    }

    /// Looks after the files until it is dropped.
    pub(crate) async fn watch(self: Arc<Self>) {
        let Some(interval) = self.interval else {
            return;
        };
        let mut problem = Problem::default();
        loop {
            tokio::time::sleep(interval.max(Duration::from_millis(1))).await;
            if !self.has_files.load(Ordering::Relaxed) {
                continue;
            }
            let live = self.clone();
            let Ok(refreshed) = tokio::task::spawn_blocking(move || live.refresh()).await else {
                continue;
            };
            match refreshed {
                Ok(Some(ref new)) => new.log(),
                Ok(None) => {}
                Err(ref error) if problem.is_to_be_told(error) => {
                    tracing::error!("{error}; the certificates in use stay");
                }
                Err(_) => {}
            }
            if refreshed.is_ok() {
                problem = Problem::default();
            }
        }
    }

    /// Makes the handshake.
    pub(crate) async fn secure(&self, socket: Socket) -> io::Result<Secured> {
        let securing = self.handshake(socket);
        let secured = tokio::time::timeout(self.handshake_timeout, securing).await;
        secured.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn handshake(&self, socket: Socket) -> io::Result<Secured> {
        // Looked at and left there. Until it is there, nothing is set aside for this connection.
        if let Socket::Tcp(stream) = &socket {
            let mut first = [0];
            if stream.io.peek(&mut first).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if first != [HANDSHAKE] {
                return Err(plain::refuse(socket).await);
            }
        }
        let config = self
            .config
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let stream = TlsAcceptor::from(config).accept(socket).await?;
        let (_, session) = stream.get_ref();
        let identity = session.peer_certificates().map(Identity::of);
        Ok(Secured {
            socket: Socket::Tls(Box::new(stream)),
            identity,
        })
    }
}

/// That other certificates are in use.
#[must_use = "the log should say so"]
pub(super) struct New {
    source: String,
    warning: Option<String>,
}

impl New {
    /// Not where they are read, which is a thread that a log may not be set up for.
    pub(super) fn log(&self) {
        tracing::info!("TLS: {} is in use for new connections", self.source);
        if let Some(warning) = &self.warning {
            tracing::warn!("{warning}");
        }
    }
}

/// What is wrong with new files, told once.
#[derive(Default)]
struct Problem {
    text: String,
    told: bool,
}

impl Problem {
    /// The second time in a row: the first time somebody may be about to write the second file.
    fn is_to_be_told(&mut self, error: &TlsError) -> bool {
        let text = error.to_string();
        if text != self.text {
            *self = Problem { text, told: false };
            return false;
        }
        !std::mem::replace(&mut self.told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::crypto::ring;
    use rustls::server::ResolvesServerCertUsingSni;
    use std::sync::mpsc;
    use std::thread;

    #[tokio::test(start_paused = true)]
    async fn who_watches_the_files_does_not_wait_for_who_reads_them() {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new()));
        let interval = Duration::from_secs(1);
        let live = Live::new(Tls::from_config(config).reload_interval(interval)).unwrap();
        let live = Arc::new(live);
        let (begun, begins) = mpsc::channel();
        let (go, gone) = mpsc::channel();
        let reading = thread::spawn({
            let live = live.clone();
            move || {
                let _loaded = live.loaded.lock().unwrap();
                begun.send(()).unwrap();
                gone.recv_timeout(Duration::from_secs(20))
            }
        });
        begins.recv().unwrap();
        let watching = tokio::spawn(live.watch());
        // The watcher has the same thread.
        tokio::time::sleep(10 * interval).await;
        let _ = go.send(());
        assert_eq!(reading.join().unwrap(), Ok(()));
        watching.abort();
    }
}
