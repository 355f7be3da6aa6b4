//! A connection must say something before long.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How many bytes tell HTTP/1.1 from HTTP/2: the length of HTTP/2's preface (RFC 9113, section 3.4).
const PREFACE: usize = 24;

pin_project_lite::pin_project! {
    /// An accepted connection, of which the HTTP stack must first see which version it speaks.
    ///
    /// Until then no timer of the stack runs: one that stays silent, or stops within the preface, would
    /// hold its socket for ever.
    pub(crate) struct FirstBytes<IO> {
        #[pin]
        io: IO,
        seen: usize,
        patience: Option<Pin<Box<Sleep>>>,
    }
}

impl<IO> FirstBytes<IO> {
    pub(crate) fn new(io: IO, patience: Duration) -> Self {
        FirstBytes {
            io,
            seen: 0,
            patience: Some(Box::pin(tokio::time::sleep(patience))),
        }
    }
}

impl<IO: AsyncRead> AsyncRead for FirstBytes<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buffer.filled().len();
        let read = this.io.poll_read(context, buffer);
        let Some(patience) = this.patience else {
            return read;
        };
        if read.is_ready() {
            let new = &buffer.filled()[before..];
            *this.seen += new.len();
            // The preface begins like no method of HTTP/1.1 that procedures are called with.
            let is_first = *this.seen == new.len();
            let is_http1 = (is_first && !new.starts_with(b"P")) || new.starts_with(b"PO");
            if is_http1 || *this.seen >= PREFACE {
                *this.patience = None;
            }
            return read;
        }
        match patience.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<IO: AsyncWrite> AsyncWrite for FirstBytes<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.project().io.poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().io.poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().io.poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
