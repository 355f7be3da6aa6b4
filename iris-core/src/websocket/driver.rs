//! What a socket does: reads frames, runs the calls they belong to, sends what those answer.
//!
//! All calls of a socket run on its one task, so that they end with it and cost no switch of tasks. A turn reads some
//! frames, lets every call that can go on do so, and sends what they left; none of the three can keep the others waiting.

use super::Application;
use super::call::{self, Call, Cut};
use super::clock::{Clock, Due};
use super::ending::Ending;
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
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_tungstenite::tungstenite::protocol::Message;

/// How many frames are read before calls go on.
const FRAMES: usize = 128;

/// How many bytes of them.
const BYTES: usize = 256 * 1024;

/// A socket that has so many notices waiting reads nothing more: its peer does not read either. Nor does one that has
/// so many answers to pings of RFC 6455 waiting, which are made below, of up to 127 bytes each.
pub(super) const NOTICES: usize = 64;

/// How many turns a socket takes before other tasks have theirs.
const TURNS: usize = 16;

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
    streams: HashMap<u32, OpenStream>,
    /// The highest stream that was opened, and so the last.
    highest: u32,
    /// Why no new streams are taken.
    leaving: Option<&'static str>,
    /// Counts turns.
    turn: u64,
    /// Streams that were opened and ended in this turn, before their calls had begun.
    unseen: usize,
    pieces: Pieces,
    notices: Notices,
    outbox: Outbox,
    /// Messages whose turn it is.
    next: VecDeque<Message>,
    /// Something was sent that may not have left.
    unflushed: bool,
    /// Pings of RFC 6455 whose answers may be a part of that.
    pongs: usize,
}

/// A stream that is open.
struct OpenStream {
    stream: Arc<Stream>,
    cut: Arc<Cut>,
    /// The turn in which it was opened.
    turn: u64,
}

impl Drop for OpenStream {
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
            unseen: 0,
            pieces,
            notices,
            outbox,
            next: VecDeque::new(),
            unflushed: false,
            pongs: 0,
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
        self.unseen = 0;
        let read = self.read(context)?;
        // Before calls go on, which may compute for long: by then what the peer has said meanwhile would not be read yet.
        let more = self.look_at_the_clock(context)?;
        let ended = self.run_calls(context);
        let sent = self.send(context)?;
        if let Some(why) = self.leaving
            && self.has_nothing_left()
        {
            return Err(Ending::Close {
                code: close::GOING_AWAY,
                reason: why.to_owned(),
            });
        }
        Ok(read || more || ended || sent)
    }

    fn has_nothing_left(&self) -> bool {
        self.calls.is_empty()
            && self.next.is_empty()
            && self.outbox.pieces.is_empty()
            && self.outbox.notices.is_empty()
            && !self.unflushed
    }

    /// Whether nothing more is read until what waits has left.
    fn holds_much(&self) -> bool {
        self.outbox.notices.len() >= NOTICES || self.pongs >= NOTICES
    }

    /// Reads frames, and does what they say.
    fn read(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        let mut bytes = 0;
        for count in 0..FRAMES {
            if bytes >= BYTES || self.holds_much() {
                return Ok(count > 0);
            }
            match self.connection.poll_next_unpin(context) {
                Poll::Pending => return Ok(count > 0),
                Poll::Ready(None) => return Err(Ending::Closed),
                Poll::Ready(Some(Err(error))) => return Err(error.into()),
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
            // Answered below already, into what is to be sent.
            Message::Ping(_) => {
                self.pongs += 1;
                self.unflushed = true;
                return Ok(());
            }
            // What the peer says with its close, it says to nobody.
            Message::Pong(_) | Message::Close(_) | Message::Frame(_) => return Ok(()),
        };
        let frame = Frame::decode(frame).map_err(|error| Ending::Close {
            code: error.close_code(),
            reason: error.to_string(),
        })?;
        let taken = match frame {
            Frame::Head { stream, head } => return self.begin(stream, head),
            Frame::Data { stream, data } => {
                let found = self.find(stream, "DATA")?;
                found.map(|open| (stream, open.stream.receive(&data)))
            }
            Frame::End { stream } => {
                let found = self.find(stream, "END")?;
                found.map(|open| (stream, open.stream.end()))
            }
            Frame::Window { stream, more } => {
                let found = self.find(stream, "WINDOW")?;
                found.map(|open| (stream, open.stream.widen(more)))
            }
            Frame::Reset { stream, .. } => {
                self.find(stream, "RESET")?;
                return self.cut(stream);
            }
            Frame::Ping(payload) => {
                // Copied: what arrived is a part of the socket's buffer.
                self.notify(Frame::Pong(Bytes::copy_from_slice(&payload)));
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

    /// The open stream of a frame; `None` where it is over.
    fn find(&self, stream: u32, frame: &str) -> Result<Option<&OpenStream>, Ending> {
        if stream > self.highest {
            let why = format!("{frame} came on stream {stream}, which no HEAD has opened");
            return Err(Ending::broken(why));
        }
        Ok(self.streams.get(&stream))
    }

    /// Begins the call that a HEAD opens.
    fn begin(&mut self, stream: u32, head: Bytes) -> Result<(), Ending> {
        if stream <= self.highest {
            let why = format!(
                "HEAD came on stream {stream}, which must be above {}, the highest so far",
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
            OpenStream {
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
            self.unseen += 1;
        }
        // A flood of streams that are given up, or spoilt, before anybody looks at them (as CVE-2023-44487 and
        // CVE-2025-8671).
        if self.unseen > self.limits.max_pending_resets {
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

    /// Does what it is time for; says whether that was to read, or to send, and there may be more.
    fn look_at_the_clock(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        let stopping = self.stopping.as_mut();
        if stopping.is_some_and(|stopping| stopping.as_mut().poll(context).is_ready()) {
            self.stopping = None;
            self.leave("the server stops", None);
        }
        let mut more = false;
        while let Poll::Ready(due) = self.clock.poll(context) {
            let grace = Some(self.limits.grace);
            match due {
                Due::Ask => self.next.push_back(Message::Ping(Bytes::new())),
                Due::Silent => {
                    more |= self.read(context)?;
                    if self.clock.is_silent() {
                        return Err(Ending::Lost("the peer was silent".to_owned()));
                    }
                }
                Due::Stuck => {
                    more |= self.send(context)?;
                    if self.clock.is_stuck() {
                        return Err(Ending::Lost("the peer did not read".to_owned()));
                    }
                }
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
        Ok(more)
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

    /// Sends what waits, as far as the connection takes it; says whether there may be more to do.
    fn send(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        let mut sent = false;
        let takes = loop {
            match self.connection.poll_ready_unpin(context) {
                Poll::Pending => break false,
                Poll::Ready(Err(error)) => return Err(error.into()),
                Poll::Ready(Ok(())) => {}
            }
            let Some(message) = self.next_message(context) else {
                break true;
            };
            self.connection.start_send_unpin(message)?;
            self.unflushed = true;
            sent = true;
        };
        let held_much = self.holds_much();
        if takes && self.flush(context)? {
            self.clock.all_left();
            // Now more may be read.
            return Ok(sent || held_much);
        }
        Ok(self.clock.waits(sent) || sent)
    }

    /// Whether all has left that was sent.
    fn flush(&mut self, context: &mut Context<'_>) -> Result<bool, Ending> {
        if self.unflushed {
            match self.connection.poll_flush_unpin(context) {
                Poll::Pending => return Ok(false),
                Poll::Ready(Err(error)) => return Err(error.into()),
                Poll::Ready(Ok(())) => self.unflushed = false,
            }
            self.pongs = 0;
        }
        Ok(true)
    }

    fn next_message(&mut self, context: &mut Context<'_>) -> Option<Message> {
        if let Some(message) = self.next.pop_front() {
            if message.is_ping() {
                self.clock.asked();
            }
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
