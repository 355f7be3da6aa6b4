//! What a connection writes in one turn leaves in one piece.
//!
//! The HTTP stack writes after every request that it has read. Where many came at once, that is a
//! system call for each answer, the dearest part of a short call. Here its writes wait until the
//! connection's task has nothing more to do; then they leave together. Nothing waits longer than that.
//!
//! A connection that becomes something else may be handed over to another task. From then on nothing waits.

use super::linger::linger;
use super::turn::Turn;
use bytes::{Buf, BytesMut};
use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::Pin;
#[cfg(feature = "websocket")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes that wait: whoever does not read must not make a server hold more.
const MOST_BYTES: usize = 64 * 1024;

/// From here on copying costs more than another system call.
const LARGE_BYTES: usize = 16 * 1024;

/// What the HTTP stack reads and writes.
pub(crate) struct Corked<IO>(Arc<Mutex<State<IO>>>);

/// Lets out what waits. Both ends belong to one task, until the connection is handed over.
pub(crate) struct Cork<IO>(Arc<Mutex<State<IO>>>);

struct State<IO> {
    /// `None` once it was taken away.
    io: Option<IO>,
    waiting: BytesMut,
    /// Written, and perhaps not yet sent: TLS keeps records until it is told to flush.
    unflushed: bool,
    /// The stack has more to write than may wait.
    full: Option<Waker>,
    /// What went wrong while nobody asked.
    failed: Option<io::Error>,
    /// How the connection is handed over to another task, where it is.
    #[cfg(feature = "websocket")]
    over: Over,
}

/// A connection on its way to another task.
#[cfg(feature = "websocket")]
#[derive(Default)]
struct Over {
    /// Whether the peer was told that something else is spoken from here on: from then on another task may have it.
    switched: Arc<AtomicBool>,
    /// Nothing waits any more: there are no turns.
    open: bool,
    /// The other task has let go of it.
    left: bool,
    /// Who is to be told that it was left.
    leaving: Option<Waker>,
    /// Who is to be told that it was taken away, or that what was said last is out: whoever reads, and whoever writes.
    users: [Option<Waker>; 2],
}

/// Both ends of a corked connection.
pub(crate) fn cork<IO>(io: IO) -> (Corked<IO>, Cork<IO>) {
    let state = Arc::new(Mutex::new(State {
        io: Some(io),
        waiting: BytesMut::new(),
        unflushed: false,
        full: None,
        failed: None,
        #[cfg(feature = "websocket")]
        over: Over::default(),
    }));
    (Corked(state.clone()), Cork(state))
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Cork<IO> {
    /// Runs a connection, and lets its writes out after each of its turns.
    pub(crate) async fn run<F: Future>(&self, mut connection: Pin<&mut F>) -> F::Output {
        let turn = Turn::new();
        poll_fn(|context| {
            let polled = turn.take(context, |context| connection.as_mut().poll(context));
            self.release(context);
            polled
        })
        .await
    }

    /// Lets out what a connection that has ended said last, such as a refusal. A peer that does not read
    /// makes this wait for ever.
    pub(crate) async fn finish(&self) -> io::Result<()> {
        poll_fn(|context| self.lock().poll_release(context)).await
    }

    /// Reads on for a while, after the last word was said, and forgets what comes.
    pub(crate) async fn linger(&self) -> io::Result<()> {
        poll_fn(|context| self.lock().poll_release(context)).await?;
        poll_fn(|context| self.lock().io()?.poll_shutdown(context)).await?;
        linger(|context, buffer| self.lock().io()?.poll_read(context, buffer)).await
    }

    /// What says that the peer was told to speak something else, when it is true.
    #[cfg(feature = "websocket")]
    pub(crate) fn switched(&self) -> Arc<AtomicBool> {
        self.lock().over.switched.clone()
    }

    /// Hands the connection over to whoever got it from the stack, and waits until they let go of it. Whoever does not wait
    /// takes it away from them.
    #[cfg(feature = "websocket")]
    pub(crate) async fn hand_over(&self) -> io::Result<()> {
        let mut released = false;
        poll_fn(|context| {
            let mut state = self.lock();
            // Nobody has it, or has it any more. Whether the peer reads what was said last is not waited for here.
            if state.over.left {
                return Poll::Ready(Ok(()));
            }
            state.over.open = true;
            state.over.leaving = Some(context.waker().clone());
            if released {
                return Poll::Pending;
            }
            // What was said last leaves also where the other task says nothing. It may have asked for the socket in the
            // meantime, which tells the last who asked alone.
            ready!(state.poll_release(context))?;
            released = true;
            let users = std::mem::take(&mut state.over.users);
            drop(state);
            users.into_iter().flatten().for_each(Waker::wake);
            Poll::Pending
        })
        .await
    }

    fn release(&self, context: &mut Context<'_>) {
        let mut state = self.lock();
        // Nobody has asked yet. To wake the stack once more would make it turn for ever.
        if state.failed.is_some() {
            return;
        }
        if let Poll::Ready(Err(error)) = state.poll_release(context) {
            state.failed = Some(error);
            // The stack is told when it asks, which it must do once more.
            context.waker().wake_by_ref();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<IO>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<IO: Unpin> State<IO> {
    /// The socket, where it was not taken away.
    fn io(&mut self) -> io::Result<Pin<&mut IO>> {
        let io = self.io.as_mut().ok_or(io::ErrorKind::ConnectionAborted)?;
        Ok(Pin::new(io))
    }
}

impl<IO> State<IO> {
    fn take_failure(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

impl<IO: AsyncWrite + Unpin> State<IO> {
    fn poll_release(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.waiting.is_empty() {
            let written = {
                let io = self.io.as_mut().ok_or(io::ErrorKind::ConnectionAborted)?;
                ready!(Pin::new(io).poll_write(context, &self.waiting))?
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.waiting.advance(written);
            self.unflushed = true;
        }
        // A connection that once had much to say may be silent for hours.
        if self.waiting.capacity() > LARGE_BYTES {
            self.waiting = BytesMut::new();
        }
        if let Some(full) = self.full.take() {
            full.wake();
        }
        if self.unflushed {
            ready!(self.io()?.poll_flush(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Makes sure that there is room, or that the writer hears of it.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.take_failure()?;
        if self.waiting.len() < MOST_BYTES {
            return Poll::Ready(Ok(()));
        }
        self.full = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(feature = "websocket")]
impl<IO> Drop for Cork<IO> {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // So that it is closed, whatever the other task waits for.
        let io = state.io.take();
        let users = std::mem::take(&mut state.over.users);
        let full = state.full.take();
        drop(state);
        drop(io);
        users
            .into_iter()
            .flatten()
            .chain(full)
            .for_each(Waker::wake);
    }
}

#[cfg(feature = "websocket")]
impl<IO> Drop for Corked<IO> {
    fn drop(&mut self) {
        let mut state = self.lock();
        state.over.left = true;
        let leaving = state.over.leaving.take();
        drop(state);
        if let Some(leaving) = leaving {
            leaving.wake();
        }
    }
}

#[cfg(feature = "websocket")]
impl Over {
    /// Whether nothing waits; `user` 0 reads, 1 writes.
    fn is_open(&mut self, user: usize, context: &Context<'_>) -> bool {
        if self.switched.load(Ordering::Relaxed) {
            match &mut self.users[user] {
                Some(waker) if waker.will_wake(context.waker()) => {}
                waker => *waker = Some(context.waker().clone()),
            }
        }
        self.open
    }
}

impl<IO> Corked<IO> {
    fn lock(&self) -> MutexGuard<'_, State<IO>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Corked<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        state.take_failure()?;
        #[cfg(feature = "websocket")]
        state.over.is_open(0, context);
        state.io()?.poll_read(context, buffer)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Corked<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        let state = &mut *state;
        #[cfg(feature = "websocket")]
        if state.over.is_open(1, context) {
            ready!(state.poll_release(context))?;
            state.unflushed = true;
            return state.io()?.poll_write_vectored(context, pieces);
        }
        // Taken away, it takes nothing more that would wait for ever.
        state.io()?;
        ready!(state.poll_room(context))?;
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        if state.waiting.is_empty() && length >= LARGE_BYTES {
            state.unflushed = true;
            return state.io()?.poll_write_vectored(context, pieces);
        }
        let taken = length.min(MOST_BYTES - state.waiting.len());
        state.waiting.reserve(taken);
        let mut left = taken;
        for piece in pieces {
            let part = &piece[..left.min(piece.len())];
            state.waiting.extend_from_slice(part);
            left -= part.len();
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// What is written leaves at the end of the turn, flushed or not. A stack that neither reads nor writes just then
    /// learns here that its peer is gone.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        state.take_failure()?;
        #[cfg(feature = "websocket")]
        if state.over.is_open(1, context) {
            return state.poll_release(context);
        }
        let _ = context;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        state.take_failure()?;
        #[cfg(feature = "websocket")]
        state.over.is_open(1, context);
        ready!(state.poll_release(context))?;
        state.io()?.poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn what_is_written_in_one_turn_leaves_at_its_end() {
        let (near, mut far) = duplex(1024);
        let (mut corked, cork) = cork(near);
        let mut turns = 0;
        let connection = poll_fn(|context| {
            for word in ["one ", "two"] {
                let written = Pin::new(&mut corked).poll_write(context, word.as_bytes());
                assert!(matches!(written, Poll::Ready(Ok(length)) if length == word.len()));
            }
            assert_eq!(cork.lock().waiting, *"one two", "nothing has left yet");
            turns += 1;
            Poll::Ready(())
        });
        cork.run(std::pin::pin!(connection)).await;
        let mut received = [0; 7];
        far.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"one two");
        assert_eq!(turns, 1);
    }

    #[tokio::test]
    async fn no_more_waits_than_may_and_all_of_it_arrives_in_order() {
        let (near, mut far) = duplex(1000);
        let (mut corked, cork) = cork(near);
        let text: Vec<u8> = (0..300_000u32).flat_map(u32::to_be_bytes).collect();
        let writing = async {
            for piece in text.chunks(7001) {
                corked.write_all(piece).await.unwrap();
                assert!(cork.lock().waiting.len() <= MOST_BYTES);
            }
            corked.shutdown().await.unwrap();
        };
        let mut received = Vec::new();
        let mut writing = std::pin::pin!(writing);
        let (_, read) = tokio::join!(cork.run(writing.as_mut()), far.read_to_end(&mut received));
        read.unwrap();
        assert_eq!(received, text);
    }

    #[tokio::test]
    async fn of_a_large_write_behind_a_small_one_no_more_waits_than_may() {
        let (near, mut far) = duplex(1000);
        let (mut corked, cork) = cork(near);
        let text = vec![7; 3 * MOST_BYTES];
        let writing = async {
            corked.write_all(b"small").await.unwrap();
            let halves = text.split_at(MOST_BYTES);
            let pieces = [IoSlice::new(halves.0), IoSlice::new(halves.1)];
            let taken = corked.write_vectored(&pieces).await.unwrap();
            assert_eq!(cork.lock().waiting.len(), MOST_BYTES);
            corked.write_all(&text[taken..]).await.unwrap();
            corked.shutdown().await.unwrap();
        };
        let mut received = Vec::new();
        let mut writing = std::pin::pin!(writing);
        let (_, read) = tokio::join!(cork.run(writing.as_mut()), far.read_to_end(&mut received));
        read.unwrap();
        assert_eq!(received, [b"small", &text[..]].concat());
    }

    #[tokio::test]
    async fn a_peer_that_went_away_is_told_at_the_next_question() {
        let (near, far) = duplex(10);
        drop(far);
        let (mut corked, cork) = cork(near);
        let connection = async {
            corked.write_all(b"hello").await.unwrap();
            tokio::task::yield_now().await;
            corked.write_all(b"hello").await
        };
        let written = cork.run(std::pin::pin!(connection)).await;
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn a_connection_that_only_flushes_is_told_too() {
        let (near, far) = duplex(10);
        drop(far);
        let (mut corked, cork) = cork(near);
        let connection = async {
            corked.write_all(b"hello").await.unwrap();
            tokio::task::yield_now().await;
            corked.flush().await
        };
        let flushed = cork.run(std::pin::pin!(connection)).await;
        assert_eq!(flushed.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[cfg(feature = "websocket")]
    #[tokio::test]
    async fn a_connection_that_nobody_took_is_not_waited_for() {
        let (near, _far) = duplex(4);
        let (mut corked, cork) = cork(near);
        corked
            .write_all(b"more than the peer has read")
            .await
            .unwrap();
        drop(corked);
        cork.hand_over().await.unwrap();
    }

    #[cfg(feature = "websocket")]
    #[tokio::test]
    async fn a_connection_that_was_taken_is_waited_for_and_taken_away() {
        let (near, mut far) = duplex(100);
        let (mut corked, cork) = cork(near);
        cork.switched().store(true, Ordering::Relaxed);
        corked.write_all(b"before ").await.unwrap();
        let mut handing = Box::pin(async { cork.hand_over().await });
        assert!((&mut handing).now_or_never().is_none());
        // Nothing waits for a turn any more.
        corked.write_all(b"after").await.unwrap();
        corked.flush().await.unwrap();
        let mut received = [0; 12];
        far.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, b"before after");
        assert!((&mut handing).now_or_never().is_none());
        drop(handing);
        let reading = tokio::spawn(async move { corked.read_u8().await });
        tokio::task::yield_now().await;
        drop(cork);
        let read = reading.await.unwrap();
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }

    #[cfg(feature = "websocket")]
    #[tokio::test]
    async fn whoever_took_a_connection_may_leave_it_while_the_peer_does_not_read() {
        let (near, mut far) = duplex(4);
        let (mut corked, cork) = cork(near);
        cork.switched().store(true, Ordering::Relaxed);
        corked.write_all(b"before").await.unwrap();
        let mut handing = std::pin::pin!(cork.hand_over());
        assert!(
            handing.as_mut().now_or_never().is_none(),
            "the peer does not read"
        );
        // Whoever has it asks for the socket last.
        let mut shutting = Box::pin(async move { corked.shutdown().await });
        assert!((&mut shutting).now_or_never().is_none());
        let reading = async {
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            read
        };
        let (handed, shut, read) = tokio::join!(handing, shutting, reading);
        handed.unwrap();
        shut.unwrap();
        assert_eq!(read, b"before");
    }

    /// How often a task was woken.
    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_connection_that_does_not_ask_is_woken_once() {
        let (near, far) = duplex(10);
        drop(far);
        let (mut corked, cork) = cork(near);
        let mut is_first = true;
        let connection = poll_fn(|context| {
            if std::mem::take(&mut is_first) {
                let written = Pin::new(&mut corked).poll_write(context, b"hello");
                assert!(matches!(written, Poll::Ready(Ok(5))));
            }
            Poll::<()>::Pending
        });
        let mut connection = std::pin::pin!(connection);
        let mut running = Box::pin(cork.run(connection.as_mut()));
        let wakes = Arc::new(Wakes::default());
        let waker = wakes.clone().into();
        for _ in 0..3 {
            let polled = running.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
        }
    }
}
