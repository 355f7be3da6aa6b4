//! Sockets to listen at.

use super::socket::Socket;
use crate::Peer;
use crate::start_error::StartError;
use socket2::{SockRef, TcpKeepalive};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use {
    std::os::unix::fs::{FileTypeExt, MetadataExt},
    std::path::Path,
    tokio::net::{UnixListener, UnixStream},
};

/// Where a server is to listen.
#[derive(Debug)]
pub(crate) enum Listen {
    Tcp(String),
    Bound(std::net::TcpListener),
    #[cfg(unix)]
    Unix(PathBuf),
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// A TCP address, its port the one that was found where 0 was asked for.
    Tcp(SocketAddr),
    /// A TCP address where TLS is spoken.
    Tls(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl Address {
    /// The TCP address, where it is one.
    pub fn tcp(&self) -> Option<SocketAddr> {
        match self {
            Address::Tcp(address) | Address::Tls(address) => Some(*address),
            Address::Unix(_) => None,
        }
    }

    /// The same address, where TLS is spoken.
    #[cfg(feature = "tls")]
    pub(crate) fn secured(self) -> Self {
        match self {
            Address::Tcp(address) => Address::Tls(address),
            other => other,
        }
    }
}

impl fmt::Display for Address {
    /// As a URL: `http://127.0.0.1:8088`, `https://127.0.0.1:8443`, `unix:/run/app.sock`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => write!(formatter, "http://{address}"),
            Address::Tls(address) => write!(formatter, "https://{address}"),
            Address::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

/// A socket that is being listened at.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    /// The file goes first: once nobody listens, another process may take its place.
    #[cfg(unix)]
    Unix(SocketFile, UnixListener),
}

/// A connection that was accepted.
pub(crate) struct Accepted {
    pub(crate) socket: Socket,
    pub(crate) peer: Peer,
}

/// A socket's file, removed with its listener.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    /// Device and number of the file. Another one at this path is another server's.
    identity: Option<(u64, u64)>,
}

#[cfg(unix)]
impl SocketFile {
    fn new(path: &Path) -> Self {
        SocketFile {
            path: path.to_owned(),
            identity: identity(path),
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    let file = std::fs::symlink_metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(unix)]
impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path) == self.identity {
            // Whoever removed it first has done the same.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Listener {
    pub(crate) async fn open(listen: Listen) -> Result<(Self, Address), StartError> {
        let (opened, text) = match listen {
            Listen::Tcp(address) => (
                TcpListener::bind(&address).await.map(Listener::Tcp),
                address,
            ),
            Listen::Bound(listener) => {
                let text = listener
                    .local_addr()
                    .map_or_else(|_| "the given socket".to_owned(), |at| at.to_string());
                let opened = listener
                    .set_nonblocking(true)
                    .and_then(|()| TcpListener::from_std(listener));
                (opened.map(Listener::Tcp), text)
            }
            #[cfg(unix)]
            Listen::Unix(path) => (open_unix(&path).await, path.display().to_string()),
        };
        let failed = |cause| StartError::Listen {
            address: text.clone(),
            cause,
        };
        let listener = opened.map_err(failed)?;
        let address = match &listener {
            Listener::Tcp(listener) => Address::Tcp(listener.local_addr().map_err(failed)?),
            #[cfg(unix)]
            Listener::Unix(file, _) => Address::Unix(file.path.clone()),
        };
        Ok((listener, address))
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Small answers must not wait for the acknowledgement of the last.
                // A socket that was reset already says no; its connection ends by itself.
                let _ = stream.set_nodelay(true);
                let _ = keep_alive(&stream);
                Ok(Accepted {
                    socket: Socket::tcp(stream),
                    peer: Peer::Tcp(peer),
                })
            }
            #[cfg(unix)]
            Listener::Unix(_, listener) => {
                let (stream, _) = listener.accept().await?;
                let credentials = stream.peer_cred()?;
                let peer = Peer::Unix {
                    uid: credentials.uid(),
                    gid: credentials.gid(),
                    pid: credentials.pid(),
                };
                Ok(Accepted {
                    socket: Socket::unix(stream),
                    peer,
                })
            }
        }
    }
}

/// Has the system ask after a silent peer, so that one that vanished does not hold its connection for ever.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    let asking = TcpKeepalive::new()
        .with_time(Duration::from_secs(60))
        .with_interval(Duration::from_secs(15));
    SockRef::from(stream).set_tcp_keepalive(&asking)
}

/// Binds a socket file; one left behind by a process that is gone is replaced.
#[cfg(unix)]
async fn open_unix(path: &Path) -> io::Result<Listener> {
    let bound = match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path).await => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    };
    // Only what was bound here is removed later.
    let listener = bound?;
    Ok(Listener::Unix(SocketFile::new(path), listener))
}

/// Whether this is a socket that nobody listens at. Connecting to a plain file is refused too.
#[cfg(unix)]
async fn is_abandoned(path: &Path) -> bool {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if !is_socket {
        return false;
    }
    let connected = UnixStream::connect(path).await;
    connected.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}
