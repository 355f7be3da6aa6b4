//! One stream, between the socket that carries it and the call that it is.

use super::outbox::Notices;
use crate::wire::websocket::{Frame, MAX_DATA, ReceiveWindow, Reset, SendWindow};
use bytes::{Bytes, BytesMut};
use http_body::Frame as Piece;
use std::collections::VecDeque;
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

type BoxError = Box<dyn Error + Send + Sync>;

/// A stream that is open.
pub(super) struct Stream {
    pub(super) id: u32,
    state: Mutex<State>,
    notices: Notices,
}

struct State {
    /// DATA that the call has not read yet: no more than the window, in few pieces, however small the frames were.
    arrived: VecDeque<BytesMut>,
    receive: ReceiveWindow,
    end: Option<End>,
    /// The call does not read its request any more.
    abandoned: bool,
    reader: Option<Waker>,
    send: SendWindow,
    writer: Option<Waker>,
}

/// Why no more DATA comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The caller has sent all.
    Complete,
    /// The stream was reset, or its socket is gone.
    BrokenOff,
}

impl Stream {
    pub(super) fn new(id: u32, notices: Notices) -> Arc<Self> {
        Arc::new(Stream {
            id,
            state: Mutex::new(State {
                arrived: VecDeque::new(),
                receive: ReceiveWindow::new(),
                end: None,
                abandoned: false,
                reader: None,
                send: SendWindow::new(),
                writer: None,
            }),
            notices,
        })
    }

    /// Takes DATA. The bytes are copied: what arrived is a part of the socket's buffer.
    pub(super) fn receive(&self, data: &[u8]) -> Result<(), Reset> {
        let mut state = self.lock();
        if state.end.is_some() {
            return Err(Reset::ProtocolError);
        }
        state
            .receive
            .receive(data.len())
            .map_err(|_| Reset::FlowControl)?;
        if data.is_empty() || state.abandoned {
            return Ok(());
        }
        match state.arrived.back_mut() {
            Some(last) if last.len() + data.len() <= MAX_DATA => last.extend_from_slice(data),
            _ => state.arrived.push_back(data.into()),
        }
        wake(state.reader.take());
        Ok(())
    }

    /// Takes END.
    pub(super) fn end(&self) -> Result<(), Reset> {
        let mut state = self.lock();
        if state.end.is_some() {
            return Err(Reset::ProtocolError);
        }
        state.end = Some(End::Complete);
        wake(state.reader.take());
        Ok(())
    }

    /// Takes WINDOW.
    pub(super) fn widen(&self, more: u32) -> Result<(), Reset> {
        let mut state = self.lock();
        state.send.widen(more).map_err(|_| Reset::FlowControl)?;
        wake(state.writer.take());
        Ok(())
    }

    /// Tells whoever still reads the request that no more of it comes.
    pub(super) fn break_off(&self) {
        let mut state = self.lock();
        if state.end.is_none() {
            state.end = Some(End::BrokenOff);
        }
        wake(state.reader.take());
    }

    /// Waits until the caller may be sent something.
    pub(super) async fn room(&self) {
        poll_fn(|context| {
            let mut state = self.lock();
            if !state.send.is_shut() {
                return Poll::Ready(());
            }
            state.writer = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// How many of `wanted` bytes may be sent now, in one frame. They count as sent.
    pub(super) fn take(&self, wanted: usize) -> usize {
        self.lock().send.take(wanted)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waiting: Option<Waker>) {
    if let Some(waiting) = waiting {
        waiting.wake();
    }
}

/// The body of a stream's request.
pub(crate) struct Inbox(Arc<Stream>);

impl Inbox {
    pub(super) fn new(stream: Arc<Stream>) -> Self {
        Inbox(stream)
    }

    /// The next piece. What is taken counts as read, so that its sender may send as much again.
    pub(crate) fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Piece<Bytes>, BoxError>>> {
        let mut state = self.0.lock();
        if let Some(piece) = state.arrived.pop_front() {
            if let Some(more) = state.receive.consume(piece.len())
                && state.end.is_none()
            {
                let stream = self.0.id;
                // Where the socket is gone nobody wants to know.
                let _ = self.0.notices.send(Frame::Window { stream, more });
            }
            return Poll::Ready(Some(Ok(Piece::data(piece.freeze()))));
        }
        match state.end {
            Some(End::Complete) => Poll::Ready(None),
            Some(End::BrokenOff) => {
                let why = "the stream was reset, or its socket closed";
                let error = io::Error::new(io::ErrorKind::ConnectionReset, why);
                Poll::Ready(Some(Err(error.into())))
            }
            None => {
                state.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        let state = self.0.lock();
        state.arrived.is_empty() && state.end == Some(End::Complete)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.abandoned = true;
        state.arrived.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::outbox::outbox;
    use crate::wire::websocket::WINDOW;

    fn read(inbox: &mut Inbox) -> Poll<Option<Result<Bytes, String>>> {
        let mut context = Context::from_waker(Waker::noop());
        let polled = inbox.poll_frame(&mut context);
        polled.map(|piece| {
            piece.map(|piece| {
                let data = piece.map_err(|error| error.to_string())?.into_data();
                data.map_err(|_| "trailers".to_owned())
            })
        })
    }

    #[test]
    fn small_pieces_are_kept_in_few_and_read_in_order() {
        let (mut outbox, _, notices) = outbox();
        let stream = Stream::new(1, notices);
        let mut inbox = Inbox::new(stream.clone());
        let sent: Vec<u8> = (0..WINDOW).map(|number| number as u8).collect();
        for byte in sent.chunks(1) {
            stream.receive(byte).unwrap();
            stream.receive(b"").unwrap();
        }
        assert!(stream.lock().arrived.len() <= WINDOW as usize / MAX_DATA);
        assert_eq!(stream.receive(b"x"), Err(Reset::FlowControl));
        let mut read_back = Vec::new();
        while let Poll::Ready(Some(Ok(piece))) = read(&mut inbox) {
            read_back.extend_from_slice(&piece);
        }
        assert!(read_back == sent);
        let mut given = 0;
        while let Ok(Frame::Window { stream: 1, more }) = outbox.notices.try_recv() {
            given += more;
        }
        assert_eq!(given, WINDOW);
        stream.receive(b"x").unwrap();
    }

    #[test]
    fn nothing_comes_after_the_end() {
        let (_outbox, _, notices) = outbox();
        let stream = Stream::new(1, notices);
        let mut inbox = Inbox::new(stream.clone());
        assert!(read(&mut inbox).is_pending());
        stream.receive(b"last").unwrap();
        stream.end().unwrap();
        assert_eq!(stream.receive(b"more"), Err(Reset::ProtocolError));
        assert_eq!(stream.end(), Err(Reset::ProtocolError));
        assert!(!inbox.is_end_stream());
        assert_eq!(read(&mut inbox), Poll::Ready(Some(Ok("last".into()))));
        assert!(inbox.is_end_stream());
        stream.break_off();
        assert_eq!(read(&mut inbox), Poll::Ready(None), "all of it was there");
    }

    #[test]
    fn a_request_that_breaks_off_is_no_complete_one() {
        let (_outbox, _, notices) = outbox();
        let stream = Stream::new(1, notices);
        let mut inbox = Inbox::new(stream.clone());
        stream.receive(b"half").unwrap();
        stream.break_off();
        assert_eq!(read(&mut inbox), Poll::Ready(Some(Ok("half".into()))));
        assert!(matches!(read(&mut inbox), Poll::Ready(Some(Err(_)))));
        assert!(!inbox.is_end_stream());
    }

    #[test]
    fn what_nobody_reads_is_not_kept_and_not_given_back() {
        let (mut outbox, _, notices) = outbox();
        let stream = Stream::new(1, notices);
        let inbox = Inbox::new(stream.clone());
        stream.receive(&[0; 1000]).unwrap();
        drop(inbox);
        stream.receive(&vec![0; WINDOW as usize - 1000]).unwrap();
        assert!(stream.lock().arrived.is_empty());
        assert_eq!(stream.receive(b"x"), Err(Reset::FlowControl));
        assert!(outbox.notices.try_recv().is_err());
    }
}
