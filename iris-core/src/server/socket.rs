//! The byte stream below HTTP, whatever it goes through.

use super::backpressure::Backpressure;
use super::patient::Patient;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// An accepted connection.
///
/// One type for every kind, so that the HTTP stack is compiled once into a user's server.
pub(crate) enum Socket {
    Tcp(Patient<TcpStream>),
    #[cfg(unix)]
    Unix(Patient<UnixStream>),
    /// Boxed, since its state is many times that of the others.
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::server::TlsStream<Socket>>),
}

impl Socket {
    pub(crate) fn tcp(stream: TcpStream) -> Self {
        Socket::Tcp(Patient::new(stream))
    }

    #[cfg(unix)]
    pub(crate) fn unix(stream: UnixStream) -> Self {
        Socket::Unix(Patient::new(stream))
    }

    /// How long the peer may take nothing of what is written to it.
    pub(crate) fn set_write_timeout(&mut self, timeout: Option<Duration>) {
        match self {
            Socket::Tcp(socket) => socket.set_write_timeout(timeout),
            #[cfg(unix)]
            Socket::Unix(socket) => socket.set_write_timeout(timeout),
            // It was set before the handshake, which is written as well.
            #[cfg(feature = "tls")]
            Socket::Tls(_) => {}
        }
    }

    /// Whether its peer takes what is written to it.
    pub(crate) fn backpressure(&self) -> Backpressure {
        match self {
            Socket::Tcp(socket) => socket.backpressure(),
            #[cfg(unix)]
            Socket::Unix(socket) => socket.backpressure(),
            #[cfg(feature = "tls")]
            Socket::Tls(stream) => stream.get_ref().0.backpressure(),
        }
    }
}

macro_rules! each {
    ($socket:expr, $io:ident => $work:expr) => {
        match $socket {
            Socket::Tcp($io) => $work,
            #[cfg(unix)]
            Socket::Unix($io) => $work,
            #[cfg(feature = "tls")]
            Socket::Tls($io) => $work,
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each!(self.get_mut(), io => Pin::new(io).poll_read(context, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), io => Pin::new(io).poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), io => Pin::new(io).poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self.get_mut(), io => Pin::new(io).poll_shutdown(context))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self.get_mut(), io => Pin::new(io).poll_write_vectored(context, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        each!(self, io => io.is_write_vectored())
    }
}
