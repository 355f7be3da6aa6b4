//! Where an app listens: at a port that it is told, or at a socket that it is given.

use super::health::Health;
use crate::daemon::process::listener::{Listener, Owner};
use crate::daemon::process::port::FreePort;
use rustix::net::sockopt;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Between two looks whether something listens, to begin with; each is twice as long as the one before, up to the second.
pub(super) const LOOKS: (Duration, Duration) =
    (Duration::from_millis(2), Duration::from_millis(100));

/// What a program is asked to know that it reads what comes to its socket. It asks for nothing (RFC 9110, 9.3.7), and
/// whatever comes of it tells.
const ARE_YOU_THERE: &[u8] =
    b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\nuser-agent: iris-up\r\nconnection: close\r\n\r\n";

/// An app's door.
#[derive(Debug)]
pub(super) enum Door {
    /// It opens the port itself. Nobody else is told that.
    Port(FreePort),
    /// It is given this, with what has come meanwhile.
    Socket(TcpListener),
}

impl Door {
    pub(super) fn free_port() -> io::Result<Door> {
        FreePort::free().map(Door::Port)
    }

    pub(super) fn open_socket() -> io::Result<Door> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(Door::Socket)
    }

    /// Whether connections still come to it: a process that was given the socket may have closed it for everybody (shutdown(2)).
    pub(super) fn is_open(&self) -> bool {
        match self {
            Door::Port(_) => true,
            Door::Socket(socket) => sockopt::socket_acceptconn(socket).unwrap_or(false),
        }
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Door::Port(port) => Ok(port.address()),
            Door::Socket(socket) => socket.local_addr(),
        }
    }

    /// The socket for a process; `None` where it opens the port itself.
    pub(super) fn socket(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Door::Port(_) => None,
            Door::Socket(socket) => Some(socket.as_fd()),
        }
    }

    /// Waits until the app answers there.
    ///
    /// # Errors
    ///
    /// Where somebody else has its port.
    pub(super) async fn answered(
        &self,
        owner: &Owner,
        address: SocketAddr,
        health: Option<&Health>,
    ) -> Result<(), Taken> {
        if let Door::Port(_) = self {
            listening(owner, address).await?;
        }
        match (self, health) {
            (_, Some(health)) => health.well(address).await,
            (Door::Socket(_), None) => read(address).await,
            (Door::Port(_), None) => {}
        }
        Ok(())
    }

    /// # Errors
    ///
    /// Where somebody else has its port.
    pub(super) async fn taken(&self, owner: &Owner, address: SocketAddr) -> Result<(), Taken> {
        match self {
            Door::Port(_) if owner.at(address).await == Listener::Stranger => Err(Taken(address)),
            // The daemon has the other itself.
            Door::Port(_) | Door::Socket(_) => Ok(()),
        }
    }
}

/// Another program listens where the app was to.
#[derive(Debug)]
pub(super) struct Taken(SocketAddr);

impl fmt::Display for Taken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0.port();
        write!(formatter, "another program listens at its port {port}")
    }
}

/// Waits until the app listens. Whose the socket is the kernel is asked once there is one.
async fn listening(owner: &Owner, address: SocketAddr) -> Result<(), Taken> {
    let mut pause = LOOKS.0;
    loop {
        if TcpStream::connect(address).await.is_ok() {
            match owner.at(address).await {
                Listener::App | Listener::Unknown => return Ok(()),
                // Where the port is taken the app does not get it any more.
                Listener::Stranger => return Err(Taken(address)),
                Listener::Nobody => {}
            }
        }
        sleep(pause).await;
        pause = (2 * pause).min(LOOKS.1);
    }
}

/// Waits until something reads what comes, where connections are made whether or not anybody is there.
async fn read(address: SocketAddr) {
    let ask = async || -> io::Result<()> {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(ARE_YOU_THERE).await?;
        // One that speaks HTTP/2 alone hangs up.
        let _ = socket.read(&mut [0]).await;
        Ok(())
    };
    while ask().await.is_err() {
        sleep(LOOKS.1).await;
    }
}
