//! A piece of an answer in the HTTP stack, and how far it has left.

use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// Bytes that the stack sends when it can.
pub(crate) struct Piece {
    bytes: Bytes,
    /// Where somebody wants to know how far they have left.
    progress: Option<Arc<Progress>>,
}

/// How much of an answer's pieces has left the stack.
pub(super) struct Progress {
    left: AtomicUsize,
    /// How many bytes nobody waits for.
    few: usize,
    /// How often some of it left.
    moves: AtomicUsize,
    waiting: AtomicWaker,
}

impl Piece {
    /// Nobody asks after it.
    pub(super) fn plain(bytes: Bytes) -> Self {
        Piece {
            bytes,
            progress: None,
        }
    }

    pub(super) fn watched(bytes: Bytes, progress: &Arc<Progress>) -> Self {
        progress.left.fetch_add(bytes.len(), Ordering::AcqRel);
        Piece {
            bytes,
            progress: Some(progress.clone()),
        }
    }
}

impl Progress {
    /// Nothing so far. So many bytes may be left when [`Progress::poll_few_left`] is ready.
    pub(super) fn new(few: usize) -> Self {
        Progress {
            left: AtomicUsize::new(0),
            few,
            moves: AtomicUsize::new(0),
            waiting: AtomicWaker::new(),
        }
    }

    pub(super) fn has_few_left(&self) -> bool {
        self.left() <= self.few
    }

    /// How many bytes the stack still has.
    pub(super) fn left(&self) -> usize {
        self.left.load(Ordering::Acquire)
    }

    /// Another number each time that some of them have left.
    pub(super) fn moves(&self) -> usize {
        self.moves.load(Ordering::Acquire)
    }

    /// Ready once nearly all of them have.
    pub(super) fn poll_few_left(&self, context: &Context<'_>) -> Poll<()> {
        self.waiting.register(context.waker());
        match self.has_few_left() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    fn has_left(&self, bytes: usize) {
        self.moves.fetch_add(1, Ordering::AcqRel);
        let before = self.left.fetch_sub(bytes, Ordering::AcqRel);
        if before > self.few && before - bytes <= self.few {
            self.waiting.wake();
        }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.bytes.chunks_vectored(slices)
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if let Some(progress) = &self.progress
            && count > 0
        {
            progress.has_left(count);
        }
    }
}

impl Drop for Piece {
    /// A stream that is reset drops its pieces as they are.
    fn drop(&mut self) {
        if let Some(progress) = &self.progress
            && !self.bytes.is_empty()
        {
            progress.has_left(self.bytes.len());
        }
    }
}
