//! Sockets to listen at.

use crate::Peer;
use crate::application::StartError;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// Where a server is to listen.
#[derive(Debug)]
pub(crate) enum Listen {
    Tcp(String),
    Bound(std::net::TcpListener),
    Unix(PathBuf),
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// A TCP address, its port the one that was found where 0 was asked for.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl Address {
    /// The TCP address, where it is one.
    pub fn tcp(&self) -> Option<SocketAddr> {
        match self {
            Address::Tcp(address) => Some(*address),
            Address::Unix(_) => None,
        }
    }
}

impl fmt::Display for Address {
    /// As a URL: `http://127.0.0.1:8088`, `unix:/run/app.sock`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => write!(formatter, "http://{address}"),
            Address::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

/// A socket that is being listened at.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

/// A connection that was accepted.
pub(crate) enum Accepted {
    Tcp(TcpStream, Peer),
    Unix(UnixStream, Peer),
}

/// A socket's file, removed with its listener.
#[derive(Debug)]
pub(crate) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever removed it first has done the same.
        let _ = std::fs::remove_file(&self.0);
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
            Listen::Unix(path) => (open_unix(&path).await, path.display().to_string()),
        };
        let failed = |cause| StartError::Listen {
            address: text.clone(),
            cause,
        };
        let listener = opened.map_err(failed)?;
        let address = match &listener {
            Listener::Tcp(listener) => Address::Tcp(listener.local_addr().map_err(failed)?),
            Listener::Unix(_, file) => Address::Unix(file.0.clone()),
        };
        Ok((listener, address))
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Small answers must not wait for the acknowledgement of the last.
                stream.set_nodelay(true)?;
                Ok(Accepted::Tcp(stream, Peer::Tcp(peer)))
            }
            Listener::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                let credentials = stream.peer_cred()?;
                let peer = Peer::Unix {
                    uid: credentials.uid(),
                    gid: credentials.gid(),
                    pid: credentials.pid(),
                };
                Ok(Accepted::Unix(stream, peer))
            }
        }
    }
}

/// Binds a socket file; one left behind by a process that is gone is replaced.
async fn open_unix(path: &Path) -> io::Result<Listener> {
    let bound = match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path).await => {
            std::fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    };
    Ok(Listener::Unix(bound?, SocketFile(path.to_owned())))
}

async fn is_abandoned(path: &Path) -> bool {
    let connected = UnixStream::connect(path).await;
    connected.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}
