//! Who is at the other end of a connection.

use std::net::SocketAddr;
use tokio::sync::watch;

/// The other end of the connection a call came through.
///
/// `HttpServer` puts it into each request's extensions; where Iris is mounted into another server,
/// a layer there can do the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peer {
    /// A TCP address. Behind a proxy, that of the proxy.
    Tcp(SocketAddr),
    /// A process on this machine, through a Unix socket.
    Unix {
        /// The user it runs as.
        uid: u32,
        /// The group it runs as.
        gid: u32,
        /// Its id, where the system tells.
        pid: Option<i32>,
    },
}

/// Who calls through a connection, as far as is known.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) peer: Peer,
    /// Turns true when the server begins to stop.
    pub(crate) stopping: Option<watch::Receiver<bool>>,
    #[cfg(feature = "tls")]
    pub(crate) identity: Option<crate::Identity>,
}

impl Caller {
    /// The same caller as far as a page of a stranger's may be known: not by the certificate that the browser has
    /// for the person in front of it.
    #[cfg(feature = "websocket")]
    pub(crate) fn anonymous(&self) -> Self {
        Caller {
            peer: self.peer.clone(),
            stopping: self.stopping.clone(),
            #[cfg(feature = "tls")]
            identity: None,
        }
    }

    /// Tells services that know nothing of Iris who calls.
    pub(crate) fn introduce(&self, extensions: &mut http::Extensions) {
        extensions.insert(self.peer.clone());
        #[cfg(feature = "tls")]
        if let Some(identity) = &self.identity {
            extensions.insert(identity.clone());
        }
    }
}

impl Peer {
    /// The TCP address, where there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Peer::Tcp(address) => Some(*address),
            Peer::Unix { .. } => None,
        }
    }
}
