//! A socket whose peer must take what is written to it before long.
//!
//! It lies below TLS, so that every byte that leaves counts, and not the records that are complete.

use super::backpressure::Backpressure;
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
    backpressure: Backpressure,
    /// Something waits to be written.
    waits: bool,
    /// There was more room than the system had said, and there may be yet more.
    has_room: bool,
}

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

impl<IO> Patient<IO> {
    /// As patient as can be, until it is told otherwise.
    pub(super) fn new(io: IO) -> Self {
        Patient {
            io,
            patience: Patience::new(None),
            backpressure: Backpressure::default(),
            waits: false,
            has_room: false,
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
        if written.is_ready() {
            self.taken();
            self.has_room = false;
            return written;
        }
        if !std::mem::replace(&mut self.waits, true) {
            self.backpressure.begin();
        }
        // A system says that there is room only once there is a good deal: Linux, when a third of the buffer is free, which
        // can be megabytes. A slow reader has made some before that.
        if !self.has_room {
            ready!(self.patience.poll(Duration::ZERO, context));
        }
        let sent = self.io.send(pieces);
        let is_full = |error: &io::Error| error.kind() == io::ErrorKind::WouldBlock;
        if !sent.as_ref().is_err_and(is_full) {
            self.taken();
            self.has_room = true;
            return Poll::Ready(sent);
        }
        if std::mem::take(&mut self.has_room) {
            ready!(self.patience.poll(Duration::ZERO, context));
        }
        let why = "the peer took nothing of what was written for too long";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
    }

    fn taken(&mut self) {
        if std::mem::take(&mut self.waits) {
            self.backpressure.end();
        }
        self.patience.renew();
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
    use std::cell::Cell;
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::Instant;

    const LIMIT: Duration = Duration::from_secs(60);

    fn about(limit: Duration, waited: Duration) -> bool {
        waited.abs_diff(limit) < Duration::from_millis(10)
    }

    /// A socket of which the system says at once what room there is.
    impl Direct for DuplexStream {
        fn send(&self, _pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            Err(io::ErrorKind::WouldBlock.into())
        }
    }

    /// A socket that never says that there is room, and has some for so many pieces.
    struct Silent(Cell<usize>);

    impl Direct for Silent {
        fn send(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
            let left = self.0.get().checked_sub(1);
            self.0.set(left.ok_or(io::ErrorKind::WouldBlock)?);
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
        assert!(about(LIMIT, failed - stopped));
    }

    #[tokio::test(start_paused = true)]
    async fn room_of_which_the_system_says_nothing_is_found_and_used_up() {
        let mut patient = Patient::new(Silent(Cell::new(3)));
        patient.set_write_timeout(Some(LIMIT));
        let begun = Instant::now();
        for _ in 0..3 {
            let written =
                poll_fn(|context| patient.seen(Poll::Pending, &[IoSlice::new(b"x")], context));
            assert_eq!(written.await.unwrap(), 1);
            assert!(about(LIMIT, begun.elapsed()), "all of it at once");
        }
        // None of that time counts for who was held back by it, but no more than that.
        assert!(about(LIMIT, patient.backpressure().time()));
        let written =
            poll_fn(|context| patient.seen(Poll::Pending, &[IoSlice::new(b"x")], context));
        assert_eq!(written.await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(about(2 * LIMIT, begun.elapsed()));
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
        assert_eq!(patient.backpressure().time(), Duration::ZERO);
    }
}
