//! A socket whose peer must take what is written to it before long.
//!
//! It lies below TLS, so that every byte that leaves counts, and not the records that are complete.

use super::patience::Patience;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket that fails a write of which nothing was taken for too long. Without writes there is nothing to wait for.
pub(crate) struct Patient<IO> {
    pub(super) io: IO,
    patience: Patience,
    backpressure: Backpressure,
}

/// Whether a socket holds back what is written to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backpressure(Arc<AtomicBool>);

/// A socket that can be asked to take bytes whether or not the system has said that it would.
pub(crate) trait Direct {
    /// Sends what there is room for, or fails with [`io::ErrorKind::WouldBlock`].
    fn send(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;
}

impl Direct for tokio::net::TcpStream {
    fn send(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        socket2::SockRef::from(self).send_vectored(pieces)
    }
}

#[cfg(unix)]
impl Direct for tokio::net::UnixStream {
    fn send(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        socket2::SockRef::from(self).send_vectored(pieces)
    }
}

impl Backpressure {
    /// Bytes wait for the peer to take those before.
    pub(super) fn is_felt(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, is_felt: bool) {
        // Nobody else changes it, and it changes rarely.
        if self.is_felt() != is_felt {
            self.0.store(is_felt, Ordering::Relaxed);
        }
    }
}

impl<IO> Patient<IO> {
    /// As patient as can be, until it is told otherwise.
    pub(super) fn new(io: IO) -> Self {
        Patient {
            io,
            patience: Patience::new(None),
            backpressure: Backpressure::default(),
        }
    }

    pub(super) fn set_write_timeout(&mut self, timeout: Option<Duration>) {
        self.patience = Patience::new(timeout);
    }

    pub(super) fn backpressure(&self) -> Backpressure {
        self.backpressure.clone()
    }
}

impl<IO: Direct> Patient<IO> {
    /// What came of a write of these pieces.
    fn seen(
        &mut self,
        written: Poll<io::Result<usize>>,
        pieces: &[IoSlice<'_>],
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.backpressure.set(written.is_pending());
        if written.is_ready() {
            self.patience.renew();
            return written;
        }
        ready!(self.patience.poll(context));
        // A system says that there is room only once there is a good deal: Linux, when a third of the buffer is free, which
        // can be megabytes. A slow reader has made some before that.
        match self.io.send(pieces) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let why = "the peer took nothing of what was written for too long";
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
            }
            sent => {
                self.patience.renew();
                Poll::Ready(sent)
            }
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Patient<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(context, buffer)
    }
}

impl<IO: AsyncWrite + Direct + Unpin> AsyncWrite for Patient<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.seen(written, &[IoSlice::new(bytes)], context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write_vectored(context, pieces);
        this.seen(written, pieces, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::Instant;

    const LIMIT: Duration = Duration::from_secs(60);

    /// A socket of which the system says at once what room there is.
    impl Direct for DuplexStream {
        fn send(&self, _pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            Err(io::ErrorKind::WouldBlock.into())
        }
    }

    /// A socket that never says that there is room, and takes a byte of each piece.
    struct Silent;

    impl Direct for Silent {
        fn send(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            Ok(pieces.len())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_a_byte_now_and_then_is_waited_for_and_one_that_stops_is_not() {
        let (near, mut far) = duplex(4);
        let mut patient = Patient::new(near);
        patient.set_write_timeout(Some(LIMIT));
        let reading = async {
            for _ in 0..10 {
                tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
                far.read_u8().await.unwrap();
            }
            Instant::now()
        };
        let writing = async {
            let error = patient.write_all(&[0; 100]).await.unwrap_err();
            (error.kind(), Instant::now())
        };
        let (stopped, (kind, failed)) = tokio::join!(reading, writing);
        assert_eq!(kind, io::ErrorKind::TimedOut);
        assert!((failed - stopped).abs_diff(LIMIT) < Duration::from_millis(10));
    }

    #[tokio::test(start_paused = true)]
    async fn room_of_which_the_system_says_nothing_is_found() {
        let mut patient = Patient::new(Silent);
        patient.set_write_timeout(Some(LIMIT));
        for pieces in 1..3 {
            let begun = Instant::now();
            let pieces = vec![IoSlice::new(b"some"); pieces];
            let taken = std::future::poll_fn(|context| {
                let taken = patient.seen(Poll::Pending, &pieces, context);
                assert!(patient.backpressure().is_felt());
                taken
            });
            assert_eq!(taken.await.unwrap(), pieces.len());
            assert!(begun.elapsed().abs_diff(LIMIT) < Duration::from_millis(10));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_anything_to_write_there_is_no_hurry() {
        let (near, mut far) = duplex(4);
        let mut patient = Patient::new(near);
        patient.set_write_timeout(Some(LIMIT));
        patient.write_all(b"full").await.unwrap();
        tokio::time::sleep(10 * LIMIT).await;
        let mut read = [0; 4];
        far.read_exact(&mut read).await.unwrap();
        patient.write_all(b"more").await.unwrap();
        assert!(!patient.backpressure().is_felt());
    }
}
