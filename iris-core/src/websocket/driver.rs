//! What a socket does: reads frames, runs the calls they belong to, sends what those answer.
//!
//! All calls of a socket run on its one task, so that they end with it and cost no switch of tasks. A turn reads some
//! frames, lets every call that can go on do so, and sends what they left; none of the three can keep the others waiting.

use super::Application;
use super::call::{self, Call, Cut};
use super::clock::{Clock, Due};
use super::introduction::Introduction;
use super::outbox::{Notices, Outbox, Pieces, outbox};
use super::request::request;
use super::socket::{Connection, Socket};
use super::stream::Stream;
use crate::server::Limits;
use crate::wire::websocket::{Frame, Reset, close};
use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::{self, error::CapacityError};

/// How many frames are read before calls go on.
const FRAMES: usize = 128;

/// How many bytes of them.
const BYTES: usize = 256 * 1024;

/// A socket that has so many notices waiting reads nothing more: its peer does not read either.
const NOTICES: usize = 64;

/// How many turns a socket takes before other tasks have theirs.
const TURNS: usize = 16;

/// How a socket ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// By this side, which says why.
    Close { code: u16, reason: String },
    /// By the peer.
    Closed,
    /// The connection broke off, or the peer has vanished.
    Lost(String),
}

impl Ending {
    fn broken(why: impl Into<String>) -> Self {
        Ending::Close {
            code: close::PROTOCOL_ERROR,
            reason: why.into(),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Close { code, reason } => write!(formatter, "closed with {code}: {reason}"),
            Ending::Closed => formatter.write_str("closed by the peer"),
            Ending::Lost(why) => write!(formatter, "lost: {why}"),
        }
    }
}

/// A socket that is open.
pub(super) struct Driver<'a, S> {
    connection: &'a mut Connection,
    stopping: Option<Pin<&'a mut S>>,
    introduction: Introduction,
    base: Arc<str>,
    application: Application,
    limits: Limits,
    clock: Clock,
    calls: FuturesUnordered<Call>,
    streams: HashMap<u32, Open>,
    /// The highest stream that was opened, and so the last.
    highest: u32,
    /// Why no new streams are taken.
    leaving: Option<&'static str>,
    /// Counts turns.
    turn: u64,
    /// Streams that were opened and ended in this turn, before their calls had begun.
    hasty: usize,
    pieces: Pieces,
    notices: Notices,
    outbox: Outbox,
    /// Messages whose turn it is.
    next: VecDeque<Message>,
    /// Something was sent that may not have left.
    unflushed: bool,
}

/// A stream that is open.
struct Open {
    stream: Arc<Stream>,
    cut: Arc<Cut>,
    /// The turn in which it was opened.
    turn: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.stream.break_off();
    }
}

impl<'a, S: Future<Output = ()>> Driver<'a, S> {
    /// Drives a socket on its connection. It goes once `stopping` is ready.
    pub(super) fn new(
        socket: Socket,
        connection: &'a mut Connection,
        stopping: Pin<&'a mut S>,
    ) -> Self {
        let (outbox, pieces, notices) = outbox();
        Driver {
            connection,
            stopping: Some(stopping),
            introduction: socket.introduction,
            base: socket.base,
            application: socket.application,
            clock: Clock::new(&socket.limits),
            limits: socket.limits,
            calls: FuturesUnordered::new(),
            streams: HashMap::new(),
            highest: 0,
            leaving: None,
            turn: 0,
            hasty: 0,
            pieces,
            notices,
            outbox,
            next: VecDeque::new(),
            unflushed: false,
        }
    }

    /// Goes on until nothing more can be done, or the socket has ended.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ending> {
        for _ in 0..TURNS {
            match self.take_turn(context) {
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(ending) => return Poll::Ready(ending),
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// One turn; says whether anything was done.
    fn take_turn(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        self.turn += 1;
        self.hasty = 0;
        let read = self.read(context)?;
        let ended = self.run_calls(context);
        self.look_at_the_clock(context)?;
        let sent = self.send(context)?;
        if let Some(why) = self.leaving
            && self.has_nothing_left()
        {
            return Err(Ending::Close {
                code: close::GOING_AWAY,
                reason: why.to_owned(),
            });
        }
        Ok(read || ended || sent)
    }

    fn has_nothing_left(&self) -> bool {
        self.calls.is_empty()
            && self.next.is_empty()
            && self.outbox.pieces.is_empty()
            && self.outbox.notices.is_empty()
            && !self.unflushed
    }

    /// Reads frames, and does what they say.
    fn read(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        let mut bytes = 0;
        for count in 0..FRAMES {
            if bytes >= BYTES || self.outbox.notices.len() >= NOTICES {
                return Ok(count > 0);
            }
            match self.connection.poll_next_unpin(context) {
                Poll::Pending => return Ok(count > 0),
                Poll::Ready(None) => return Err(Ending::Closed),
                Poll::Ready(Some(Err(error))) => return Err(ending_of(error)),
                Poll::Ready(Some(Ok(message))) => {
                    self.clock.heard();
                    bytes += message.len();
                    self.take(message)?;
                }
            }
        }
        Ok(true)
    }

    fn take(&mut self, message: Message) -> Result<(), Ending> {
        let frame = match message {
            Message::Binary(message) => message,
            Message::Text(_) => {
                return Err(Ending::broken(
                    "frames are binary messages, and this was text",
                ));
            }
            // Answered below already. What the peer says with its close, it says to nobody.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
                return Ok(());
            }
        };
        let frame = Frame::decode(frame).map_err(|error| Ending::Close {
            code: error.close_code(),
            reason: error.to_string(),
        })?;
        let taken = match frame {
            Frame::Head { stream, head } => return self.open(stream, head),
            Frame::Data { stream, data } => {
                let open = self.stream(stream, "DATA")?;
                open.map(|open| (stream, open.stream.receive(&data)))
            }
            Frame::End { stream } => {
                let open = self.stream(stream, "END")?;
                open.map(|open| (stream, open.stream.end()))
            }
            Frame::Window { stream, more } => {
                let open = self.stream(stream, "WINDOW")?;
                open.map(|open| (stream, open.stream.widen(more)))
            }
            Frame::Reset { stream, .. } => {
                self.stream(stream, "RESET")?;
                return self.cut(stream);
            }
            Frame::Ping(payload) => {
                self.notify(Frame::Pong(payload));
                None
            }
            Frame::GoAway { .. } => return Err(Ending::broken("GOAWAY is a server's to send")),
            Frame::Pong(_) | Frame::Unknown => None,
        };
        if let Some((stream, Err(reason))) = taken {
            self.notify(Frame::Reset { stream, reason });
            self.cut(stream)?;
        }
        Ok(())
    }

    /// The stream of a frame; `None` where it is over.
    fn stream(&self, stream: u32, frame: &str) -> Result<Option<&Open>, Ending> {
        if stream > self.highest {
            let why = format!("{frame} came on stream {stream}, which no HEAD has opened");
            return Err(Ending::broken(why));
        }
        Ok(self.streams.get(&stream))
    }

    fn open(&mut self, stream: u32, head: Bytes) -> Result<(), Ending> {
        if stream <= self.highest {
            let why = format!(
                "HEAD came on stream {stream}, which must be above all before it, such as {}",
                self.highest
            );
            return Err(Ending::broken(why));
        }
        self.highest = stream;
        if self.leaving.is_some() {
            // The caller learns from GOAWAY that nobody has looked at it.
            return Ok(());
        }
        // Calls that were cut count until they are gone.
        if self.calls.len() >= self.limits.max_streams as usize {
            let reason = Reset::Refused;
            self.notify(Frame::Reset { stream, reason });
            return Ok(());
        }
        let shared = Stream::new(stream, self.notices.clone());
        let request = request(
            &head,
            &self.base,
            &self.introduction,
            &shared,
            self.limits.body_timeout,
        );
        let (application, pieces) = (self.application.clone(), self.pieces.clone());
        let of_call = shared.clone();
        let (call, cut) = Call::new(stream, async move {
            let response = match request {
                Ok(request) => application(request).await,
                Err(refusal) => refusal.response(),
            };
            call::send(response, &of_call, &pieces).await
        });
        self.calls.push(call);
        self.streams.insert(
            stream,
            Open {
                stream: shared,
                cut,
                turn: self.turn,
            },
        );
        self.clock.set_busy(true);
        Ok(())
    }

    /// Ends a stream, and drops its call.
    fn cut(&mut self, stream: u32) -> Result<(), Ending> {
        let Some(open) = self.streams.remove(&stream) else {
            return Ok(());
        };
        open.cut.now();
        if open.turn == self.turn {
            self.hasty += 1;
        }
        // A flood of streams that are given up, or spoilt, before anybody looks at them (as CVE-2023-44487 and
        // CVE-2025-8671).
        if self.hasty > self.limits.max_pending_resets {
            return Err(Ending::Close {
                code: close::POLICY,
                reason: "too many streams were given up before they were looked at".to_owned(),
            });
        }
        Ok(())
    }

    fn notify(&mut self, frame: Frame) {
        // The receiver is this socket's.
        let _ = self.notices.send(frame);
    }

    /// Lets calls go on; says whether any ended.
    fn run_calls(&mut self, context: &mut Context<'_>) -> bool {
        let mut ended = false;
        while let Poll::Ready(Some((stream, result))) = self.calls.poll_next_unpin(context) {
            ended = true;
            let open = self.streams.remove(&stream);
            if let (Some(_), Err(reason)) = (open, result) {
                self.notify(Frame::Reset { stream, reason });
            }
        }
        if ended && self.calls.is_empty() {
            self.clock.set_busy(false);
        }
        ended
    }

    fn look_at_the_clock(&mut self, context: &mut Context<'_>) -> Result<(), Ending> {
        let stopping = self.stopping.as_mut();
        if stopping.is_some_and(|stopping| stopping.as_mut().poll(context).is_ready()) {
            self.stopping = None;
            self.leave("the server stops", None);
        }
        while let Poll::Ready(due) = self.clock.poll(context) {
            let grace = Some(self.limits.grace);
            match due {
                Due::Ask => self.next.push_back(Message::Ping(Bytes::new())),
                Due::Silent => return Err(Ending::Lost("the peer was silent".to_owned())),
                Due::Idle => self.leave("there was no call for a while", grace),
                Due::Aged => self.leave("the socket has lived for its time", grace),
                Due::GraceOver => {
                    return Err(Ending::Close {
                        code: close::GOING_AWAY,
                        reason: self.leaving.unwrap_or_default().to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Takes no new streams.
    fn leave(&mut self, why: &'static str, grace: Option<Duration>) {
        if self.leaving.is_none() {
            self.leaving = Some(why);
            self.clock.leave(grace);
            let last = self.highest;
            self.notify(Frame::GoAway { last });
        }
    }

    /// Sends what waits, as far as the connection takes it; says whether anything was sent.
    fn send(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        let mut sent = false;
        loop {
            match self.connection.poll_ready_unpin(context) {
                Poll::Pending => return Ok(sent),
                Poll::Ready(Err(error)) => return Err(ending_of(error)),
                Poll::Ready(Ok(())) => {}
            }
            let Some(message) = self.next_message(context) else {
                break;
            };
            let started = self.connection.start_send_unpin(message);
            started.map_err(ending_of)?;
            self.unflushed = true;
            sent = true;
        }
        if self.unflushed {
            match self.connection.poll_flush_unpin(context) {
                Poll::Pending => {}
                Poll::Ready(Err(error)) => return Err(ending_of(error)),
                Poll::Ready(Ok(())) => self.unflushed = false,
            }
        }
        Ok(sent)
    }

    fn next_message(&mut self, context: &mut Context<'_>) -> Option<Message> {
        if let Some(message) = self.next.pop_front() {
            return Some(message);
        }
        if let Poll::Ready(Some(notice)) = self.outbox.notices.poll_recv(context) {
            return Some(Message::Binary(notice.encode()));
        }
        let Poll::Ready(Some(piece)) = self.outbox.pieces.poll_recv(context) else {
            return None;
        };
        let frames = piece.frames();
        let messages = frames.map(|frame| Message::Binary(frame.encode()));
        self.next.extend(messages);
        self.next.pop_front()
    }
}

/// How a socket ends whose connection fails.
fn ending_of(error: tungstenite::Error) -> Ending {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Ending::Closed,
        tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            Ending::Close {
                code: close::TOO_LONG,
                reason: format!(
                    "a message of {size} bytes is no frame, which has {max_size} at most"
                ),
            }
        }
        tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => Ending::Lost("the connection broke off".to_owned()),
        tungstenite::Error::Protocol(error) => Ending::broken(error.to_string()),
        tungstenite::Error::Utf8(_) => Ending::broken("text that is no UTF-8"),
        error => Ending::Lost(error.to_string()),
    }
}
