//! Writes that leave together. A call that is ready wakes its connection, which writes at once; where other calls are in
//! flight some of them are often ready in the same turn of the runtime. So what is to be written waits for one turn, in which
//! they add to it, and leaves in one system call.

use super::load::Load;
use hyper::rt::{Read, ReadBufCursor, Write};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// A stream that holds writes back for a turn, unless there is one call alone.
pub(super) struct Gathered<S> {
    stream: S,
    load: Arc<Load>,
    now: Now,
}

#[derive(Clone, Copy, PartialEq)]
enum Now {
    /// Nothing was written since all of it left.
    Empty,
    /// It waits for its turn.
    Held,
    /// It leaves.
    Leaving,
    /// It has left, in this turn: what follows in it leaves at once.
    Flushed,
}

impl<S> Gathered<S> {
    pub(super) fn new(stream: S, load: Arc<Load>) -> Self {
        Gathered {
            stream,
            load,
            now: Now::Empty,
        }
    }

    /// Whether something is written now, or in a turn.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match self.now {
            Now::Empty if self.load.calls() > 1 => {
                self.now = Now::Held;
                // A task that wakes itself goes behind all that are ready.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Now::Empty | Now::Held | Now::Leaving | Now::Flushed => {
                self.now = Now::Leaving;
                Poll::Ready(())
            }
        }
    }
}

impl<S: Read + Unpin> Read for Gathered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // A connection reads before it writes, each time that it is polled.
        if self.now == Now::Flushed {
            self.now = Now::Empty;
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Gathered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(context));
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.now = Now::Flushed;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_turn(context));
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::InFlight;
    use super::*;
    use hyper_util::rt::TokioIo;
    use std::future::poll_fn;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};
    use tokio::io::{AsyncReadExt, DuplexStream};

    /// Counts how often it wakes.
    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    struct Connection {
        gathered: Gathered<TokioIo<DuplexStream>>,
        other: DuplexStream,
        load: Arc<Load>,
        wakes: Arc<Wakes>,
    }

    impl Connection {
        fn new(room: usize) -> Self {
            let (own, other) = tokio::io::duplex(room);
            let load = Arc::new(Load::new());
            Connection {
                gathered: Gathered::new(TokioIo::new(own), load.clone()),
                other,
                load,
                wakes: Arc::default(),
            }
        }

        fn write(&mut self, bytes: &[u8]) -> Poll<io::Result<usize>> {
            let waker = Waker::from(self.wakes.clone());
            let mut context = Context::from_waker(&waker);
            Pin::new(&mut self.gathered).poll_write(&mut context, bytes)
        }

        /// It is polled, and reads first.
        fn poll(&mut self) {
            let mut context = Context::from_waker(Waker::noop());
            let mut room = [0; 1];
            let mut buffer = hyper::rt::ReadBuf::new(&mut room);
            let read = Pin::new(&mut self.gathered).poll_read(&mut context, buffer.unfilled());
            assert!(read.is_pending());
        }

        async fn flush(&mut self) {
            let gathered = &mut self.gathered;
            let flushed = poll_fn(|context| Pin::new(&mut *gathered).poll_flush(context)).await;
            flushed.unwrap();
        }

        fn wakes(&self) -> usize {
            self.wakes.0.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn a_call_alone_is_written_at_once() {
        let mut connection = Connection::new(64);
        for calls in 0..2 {
            let _calls: Vec<_> = (0..calls)
                .map(|_| InFlight::begin(&connection.load))
                .collect();
            assert!(connection.write(b"head").is_ready());
            connection.flush().await;
        }
        assert_eq!(connection.wakes(), 0);
    }

    #[tokio::test]
    async fn among_others_it_waits_for_one_turn_and_wakes_for_it() {
        let mut connection = Connection::new(64);
        let _calls = [(); 2].map(|()| InFlight::begin(&connection.load));
        for turn in 1..4 {
            assert!(connection.write(b"head").is_pending());
            assert_eq!(connection.wakes(), turn);
            // What came meanwhile leaves with it, and what follows until it is flushed.
            assert!(matches!(
                connection.write(b"head, head"),
                Poll::Ready(Ok(10))
            ));
            assert!(connection.write(b"body").is_ready());
            connection.flush().await;
            // So does what did not fit before.
            assert!(connection.write(b"more").is_ready());
            connection.flush().await;
            connection.poll();
        }
        let mut sent = [0; 3 * 18];
        connection.other.read_exact(&mut sent).await.unwrap();
        assert_eq!(sent, *b"head, headbodymore".repeat(3));
    }

    /// What could not leave for want of room goes on when there is some, without a turn more.
    #[tokio::test]
    async fn a_full_socket_is_waited_for_once() {
        let mut connection = Connection::new(4);
        let _calls = [(); 2].map(|()| InFlight::begin(&connection.load));
        assert!(connection.write(b"longer").is_pending());
        assert!(matches!(connection.write(b"longer"), Poll::Ready(Ok(4))));
        assert!(connection.write(b"er").is_pending());
        assert_eq!(connection.wakes(), 1);
        connection.other.read_exact(&mut [0; 4]).await.unwrap();
        // This one is of the room.
        assert_eq!(connection.wakes(), 2);
        assert!(matches!(connection.write(b"er"), Poll::Ready(Ok(2))));
    }
}
