//! A socket whose peer must take what is written to it before long.
//!
//! It lies below TLS, so that every byte that leaves counts, and not the records that are complete.

use super::patience::Patience;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket that fails a write of which nothing was taken for too long. Without writes there is nothing to wait for.
pub(crate) struct Patient<IO> {
    pub(super) io: IO,
    patience: Patience,
}

impl<IO> Patient<IO> {
    /// As patient as can be, until it is told otherwise.
    pub(super) fn new(io: IO) -> Self {
        Patient {
            io,
            patience: Patience::new(None),
        }
    }

    pub(super) fn set_write_timeout(&mut self, timeout: Option<Duration>) {
        self.patience = Patience::new(timeout);
    }

    fn seen<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.patience.renew();
            return written;
        }
        ready!(self.patience.poll(context));
        let why = "the peer took nothing of what was written for too long";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
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

impl<IO: AsyncWrite + Unpin> AsyncWrite for Patient<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.seen(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write_vectored(context, pieces);
        this.seen(written, context)
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::Instant;

    const LIMIT: Duration = Duration::from_secs(60);

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
    async fn without_anything_to_write_there_is_no_hurry() {
        let (near, mut far) = duplex(4);
        let mut patient = Patient::new(near);
        patient.set_write_timeout(Some(LIMIT));
        patient.write_all(b"full").await.unwrap();
        tokio::time::sleep(10 * LIMIT).await;
        let mut read = [0; 4];
        far.read_exact(&mut read).await.unwrap();
        patient.write_all(b"more").await.unwrap();
    }
}
