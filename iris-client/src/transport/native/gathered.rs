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
            Now::Empty | Now::Held | Now::Leaving => {
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
        self.now = Now::Empty;
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
