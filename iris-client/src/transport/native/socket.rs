//! TCP and Unix sockets.

use super::failure::ConnectFailure;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::pin::Pin;
#[cfg(unix)]
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tower_service::Service;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How long a server's host may leave what was sent unacknowledged, or take nothing more of it, before the connection
/// is given up (`TCP_USER_TIMEOUT`, RFC 5482). The system's own patience ends after some 15 minutes, and nothing else
/// watches HTTP/1.1. Less would give up living servers that let a large upload wait.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(120);

/// Opens sockets.
#[derive(Clone)]
pub(super) enum Sockets {
    Tcp(HttpConnector<Found>),
    #[cfg(unix)]
    Unix(Arc<Path>),
}

impl Sockets {
    /// Sockets connected to this address, whatever host a URL names.
    pub(super) fn tcp(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Found(address));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        // A server that vanished must not be waited for for ever.
        connector.set_keepalive(Some(Duration::from_secs(60)));
        connector.set_keepalive_interval(Some(Duration::from_secs(15)));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Sockets::Tcp(connector)
    }
}

impl Service<Uri> for Sockets {
    type Response = Socket;
    type Error = ConnectFailure;
    type Future = BoxFuture<Result<Socket, ConnectFailure>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ConnectFailure>> {
        match self {
            Sockets::Tcp(connector) => connector
                .poll_ready(context)
                .map_err(|error| ConnectFailure::socket(error.into())),
            #[cfg(unix)]
            Sockets::Unix(_) => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self {
            Sockets::Tcp(connector) => {
                let connecting = connector.call(uri);
                Box::pin(async move {
                    match connecting.await {
                        Ok(stream) => Ok(Socket::Tcp(stream)),
                        Err(error) => Err(ConnectFailure::socket(error.into())),
                    }
                })
            }
            #[cfg(unix)]
            Sockets::Unix(path) => {
                let path = path.clone();
                Box::pin(async move {
                    match UnixStream::connect(&path).await {
                        Ok(stream) => Ok(Socket::Unix(TokioIo::new(stream))),
                        Err(error) => Err(ConnectFailure::socket(error.into())),
                    }
                })
            }
        }
    }
}

/// Says of any name what was found for it.
#[derive(Clone)]
pub(super) struct Found(SocketAddr);

impl Service<Name> for Found {
    type Response = std::iter::Once<SocketAddr>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        std::future::ready(Ok(std::iter::once(self.0)))
    }
}

/// A connected socket.
pub(super) enum Socket {
    Tcp(TokioIo<TcpStream>),
    #[cfg(unix)]
    Unix(TokioIo<UnixStream>),
}

/// Does the same with either kind of socket.
macro_rules! either {
    ($socket:expr, $stream:ident => $result:expr) => {
        match $socket {
            Socket::Tcp($stream) => $result,
            #[cfg(unix)]
            Socket::Unix($stream) => $result,
        }
    };
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        match self {
            Socket::Tcp(stream) => stream.connected(),
            #[cfg(unix)]
            Socket::Unix(_) => Connected::new(),
        }
    }
}

impl Read for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_read(context, buffer))
    }
}

impl Write for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_shutdown(context))
    }

    fn is_write_vectored(&self) -> bool {
        either!(self, stream => stream.is_write_vectored())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self.get_mut(), stream => Pin::new(stream).poll_write_vectored(context, pieces))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use socket2::SockRef;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_vanished_host_is_given_up_though_nothing_pings_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = "http://any".parse().unwrap();
        let address = listener.local_addr().unwrap();
        let socket = Sockets::tcp(address).call(uri).await.unwrap();
        let Socket::Tcp(stream) = &socket else {
            panic!("a URL was taken for a Unix socket")
        };
        let options = SockRef::from(stream.inner());
        assert_eq!(options.tcp_user_timeout().unwrap(), Some(UNACKNOWLEDGED));
        assert!(options.keepalive().unwrap());
    }
}
