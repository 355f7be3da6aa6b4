//! A piece of an answer in the HTTP stack, and how far it has left.

use crate::pieces::{HEAD, LARGE};
use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use std::io::IoSlice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// From this length on a piece may be one that was handed over, and keep more memory than its own.
const LONG: usize = LARGE - HEAD;

/// Bytes that the stack sends when it can.
pub(crate) struct Piece {
    bytes: Bytes,
    is_long: bool,
    /// Where somebody wants to know how far they have left.
    progress: Option<Arc<Progress>>,
}

/// How much of an answer's pieces has left the stack.
pub(super) struct Progress {
    left: AtomicUsize,
    /// How many long pieces are among them, whole or in part.
    long: AtomicUsize,
    /// How many bytes nobody waits for, unless they are of a long piece.
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
            is_long: false,
            progress: None,
        }
    }

    pub(super) fn watched(bytes: Bytes, progress: &Arc<Progress>) -> Self {
        let is_long = bytes.len() >= LONG;
        progress.left.fetch_add(bytes.len(), Ordering::AcqRel);
        if is_long {
            progress.long.fetch_add(1, Ordering::AcqRel);
        }
        Piece {
            bytes,
            is_long,
            progress: Some(progress.clone()),
        }
    }
}

impl Progress {
    /// Nothing so far. So many bytes may be left when [`Progress::poll_few_left`] is ready.
    pub(super) fn new(few: usize) -> Self {
        Progress {
            left: AtomicUsize::new(0),
            long: AtomicUsize::new(0),
            few,
            moves: AtomicUsize::new(0),
            waiting: AtomicWaker::new(),
        }
    }

    pub(super) fn has_few_left(&self) -> bool {
        self.left() <= self.few && self.long.load(Ordering::Acquire) == 0
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

    /// So many bytes, and with them the last of a long piece or not.
    fn has_left(&self, bytes: usize, ends_long: bool) {
        self.moves.fetch_add(1, Ordering::AcqRel);
        if ends_long {
            self.long.fetch_sub(1, Ordering::AcqRel);
        }
        let before = self.left.fetch_sub(bytes, Ordering::AcqRel);
        if (before > self.few || ends_long) && before - bytes <= self.few {
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
            progress.has_left(count, self.is_long && self.bytes.is_empty());
        }
    }
}

impl Drop for Piece {
    /// A stream that is reset drops its pieces as they are.
    fn drop(&mut self) {
        if let Some(progress) = &self.progress
            && !self.bytes.is_empty()
        {
            progress.has_left(self.bytes.len(), self.is_long);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever little of it is left keeps all of it, and maybe more.
    #[test]
    fn a_long_piece_is_waited_for_to_its_last_byte() {
        let progress = Arc::new(Progress::new(1000));
        let piece = |length| Piece::watched(vec![7; length].into(), &progress);
        let (mut short, mut long) = (piece(LONG - 1), piece(LONG));
        short.advance(LONG - 901);
        long.advance(LONG - 100);
        assert_eq!(progress.left(), 1000);
        assert!(!progress.has_few_left());
        let waker = std::task::Waker::noop();
        let context = Context::from_waker(waker);
        assert!(progress.poll_few_left(&context).is_pending());
        long.advance(100);
        assert!(progress.has_few_left());
        assert!(progress.poll_few_left(&context).is_ready());
        // One that is thrown away has left, too.
        let other = piece(2 * LONG);
        assert!(!progress.has_few_left());
        drop(other);
        assert!(progress.has_few_left());
    }
}
