//! One call on a socket: what arrived of its answer and was not read yet, and how much may be sent.

use crate::Status;
use crate::transport::Failure;
use crate::waiting::wait;
use bytes::Bytes;
use iris_core::wire::websocket::{FlowControlBroken, ReceiveWindow, ResponseHead, SendWindow};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What the socket and the two halves of a call share.
#[derive(Debug, Default)]
pub(super) struct Stream(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    head: Option<ResponseHead>,
    /// Whether there was one.
    begun: bool,
    /// No more than the window.
    arrived: VecDeque<Bytes>,
    receive: ReceiveWindow,
    send: SendWindow,
    /// How it ended, after what arrived.
    end: Option<Result<(), Failure>>,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// A piece of an answer.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) data: Bytes,
    /// How much more the server may be let send, now that this was read.
    pub(super) more: Option<u32>,
}

impl Stream {
    /// The head of the answer.
    pub(super) fn poll_head(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<ResponseHead, Failure>> {
        let mut state = self.lock();
        if let Some(head) = state.head.take() {
            return Poll::Ready(Ok(head));
        }
        match &state.end {
            Some(Err(failure)) => Poll::Ready(Err(failure.clone())),
            Some(Ok(())) => Poll::Ready(Err(Failure::lasting(
                Status::Internal,
                "the server ended the call without an answer",
            ))),
            None => {
                let before = wait(&mut state.reader, context.waker());
                drop(state);
                drop(before);
                Poll::Pending
            }
        }
    }

    /// The next piece of the answer; `None` at its end.
    pub(super) fn poll_data(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Piece>, Failure>> {
        let mut state = self.lock();
        if let Some(data) = state.arrived.pop_front() {
            let more = state.receive.consume(data.len());
            return Poll::Ready(Ok(Some(Piece { data, more })));
        }
        match &state.end {
            Some(end) => Poll::Ready(end.clone().map(|()| None)),
            None => {
                let before = wait(&mut state.reader, context.waker());
                drop(state);
                drop(before);
                Poll::Pending
            }
        }
    }

    /// How many of so many bytes may be sent now, in one frame. `None` once nothing is to be sent any more.
    pub(super) fn poll_room(
        &self,
        wanted: usize,
        context: &mut Context<'_>,
    ) -> Poll<Option<usize>> {
        let mut state = self.lock();
        if state.end.is_some() {
            return Poll::Ready(None);
        }
        match state.send.take(wanted) {
            0 => {
                let before = wait(&mut state.writer, context.waker());
                drop(state);
                drop(before);
                Poll::Pending
            }
            room => Poll::Ready(Some(room)),
        }
    }

    /// Whether it has ended; if not, the sender is told once it has.
    pub(super) fn is_over(&self, context: &mut Context<'_>) -> bool {
        let mut state = self.lock();
        let is_over = state.end.is_some();
        let before = wait(&mut state.writer, context.waker());
        drop(state);
        drop(before);
        is_over
    }

    /// The answer begins. `false` where it had begun.
    pub(super) fn begin(&self, head: ResponseHead) -> bool {
        let mut state = self.lock();
        if state.begun {
            return false;
        }
        state.begun = true;
        state.head = Some(head);
        wake([state.reader.take()], state);
        true
    }

    /// A piece of the answer arrives.
    pub(super) fn arrive(&self, data: Bytes) -> Result<(), FlowControlBroken> {
        let mut state = self.lock();
        state.receive.receive(data.len())?;
        if !data.is_empty() {
            state.arrived.push_back(data);
        }
        wake([state.reader.take()], state);
        Ok(())
    }

    /// The other end takes more.
    pub(super) fn widen(&self, more: u32) -> Result<(), FlowControlBroken> {
        let mut state = self.lock();
        state.send.widen(more)?;
        wake([state.writer.take()], state);
        Ok(())
    }

    /// Nothing more comes, and nothing more is sent.
    pub(super) fn end(&self, end: Result<(), Failure>) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        wake([state.reader.take(), state.writer.take()], state);
    }

    /// Nothing in it is ever half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes those who wait, who may look at once.
fn wake<const N: usize>(wakers: [Option<Waker>; N], state: MutexGuard<'_, State>) {
    drop(state);
    for waker in wakers.into_iter().flatten() {
        waker.wake();
    }
}
