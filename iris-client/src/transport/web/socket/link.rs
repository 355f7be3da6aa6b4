//! One socket, from the first call that needs it to its end: its calls, and what is to be sent.

use super::stream::Stream;
use crate::Status;
use crate::time::Instant;
use crate::transport::Failure;
use crate::waiting::wait;
use bytes::Bytes;
use iris_core::wire::websocket::{Frame, Reset, close, parse_response};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How long a socket is kept that has no call.
const IDLE: Duration = Duration::from_secs(30);

/// How often the other end is asked whether it is there, while there are calls.
const PING: Duration = Duration::from_secs(30);

/// How long its answer may take.
const PONG: Duration = Duration::from_secs(20);

/// How many frames wait for the socket at most before requests send no more of their bodies.
const MOST_WAITING: usize = 64;

/// What is added to a close code of the protocol (RFC 6455, section 7.4.2): of those below 3000 a page may send 1000 alone.
const OWN_CODES: u16 = 3000;

/// A socket that is being connected, or is.
#[derive(Debug)]
pub(super) struct Link(Mutex<State>);

#[derive(Debug)]
struct State {
    is_open: bool,
    /// No calls any more beside those that run.
    retired: bool,
    /// By their ids, which ascend.
    streams: Vec<(u32, Arc<Stream>)>,
    last: u32,
    outgoing: VecDeque<Frame>,
    /// Once the socket is to be closed, or was.
    over: Option<Closing>,
    /// When the last call ended, and when the other end was last asked.
    idle_since: Instant,
    pinged: Instant,
    /// Until when it has to answer.
    pong_due: Option<Instant>,
    driver: Option<Waker>,
    /// Whoever has more of a body to send.
    writers: Vec<Waker>,
}

/// How to close a socket that is not closed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) code: u16,
    pub(super) reason: String,
}

/// What the socket has to do next.
#[derive(Debug)]
pub(super) enum Task {
    Send(Bytes),
    Close(Closing),
}

impl Link {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Link(Mutex::new(State {
            is_open: false,
            retired: false,
            streams: Vec::new(),
            last: 0,
            outgoing: VecDeque::new(),
            over: None,
            idle_since: now,
            pinged: now,
            pong_due: None,
            driver: None,
            writers: Vec::new(),
        }))
    }

    /// Begins a call. `None` where the socket takes no more.
    pub(super) fn begin(&self, head: Bytes) -> Option<(u32, Arc<Stream>)> {
        let mut state = self.lock();
        if state.retired || state.over.is_some() {
            return None;
        }
        let Some(id) = state.last.checked_add(1) else {
            state.retired = true;
            return None;
        };
        let stream = Arc::<Stream>::default();
        state.last = id;
        state.streams.push((id, stream.clone()));
        state.outgoing.push_back(Frame::Head { stream: id, head });
        wake(state);
        Some((id, stream))
    }

    /// Sends a frame of a call.
    pub(super) fn send(&self, frame: Frame) {
        let mut state = self.lock();
        if state.over.is_none() {
            state.outgoing.push_back(frame);
        }
        wake(state);
    }

    /// Ends a call whose caller has gone. What was not sent of it is not.
    pub(super) fn cancel(&self, id: u32, reason: Reset) {
        let mut state = self.lock();
        let Some(stream) = state.take(id) else {
            return;
        };
        let is_head = |frame: &Frame| matches!(frame, Frame::Head { stream, .. } if *stream == id);
        let unsent = state.outgoing.iter().any(is_head);
        state.outgoing.retain(|frame| frame.stream() != id);
        if !unsent {
            state
                .outgoing
                .push_back(Frame::Reset { stream: id, reason });
        }
        wake(state);
        stream.end(Err(Failure::lasting(
            Status::Canceled,
            "the caller has gone",
        )));
    }

    /// Takes no more calls, and closes when those that run are done.
    pub(super) fn retire(&self) {
        let mut state = self.lock();
        state.retired = true;
        if state.streams.is_empty() {
            state.close(close::NORMAL, "the client is gone");
        }
        wake(state);
    }

    pub(super) fn opened(&self) {
        let mut state = self.lock();
        state.is_open = true;
        state.pinged = Instant::now();
        wake(state);
    }

    /// The socket is no more: every call on it fails.
    pub(super) fn lost(&self, failure: &Failure) {
        let mut state = self.lock();
        state.over.get_or_insert(Closing {
            code: close::NORMAL,
            reason: String::new(),
        });
        let streams = state.forget();
        // They hear of it from their streams.
        let writers = std::mem::take(&mut state.writers);
        wake(state);
        drop(writers);
        for stream in streams {
            stream.end(Err(failure.clone()));
        }
    }

    /// A message arrived.
    pub(super) fn receive(&self, message: Bytes) {
        match Frame::decode(message) {
            Ok(frame) => self.take(frame),
            Err(error) => self.refuse(error.close_code(), &error.to_string()),
        }
    }

    /// Closes the socket on a server that breaks the protocol.
    pub(super) fn refuse(&self, code: u16, why: &str) {
        let mut state = self.lock();
        state.close(OWN_CODES + code, why);
        let streams = state.forget();
        wake(state);
        let text = format!("the server broke the protocol of the WebSocket: {why}");
        for stream in streams {
            stream.end(Err(Failure::lasting(Status::Internal, text.clone())));
        }
    }

    fn take(&self, frame: Frame) {
        match frame {
            Frame::Head { stream: id, head } => {
                let Some(stream) = self.stream(id) else {
                    return;
                };
                let wrong = match parse_response(&head) {
                    Ok(head) => match stream.begin(head) {
                        true => return,
                        false => "a second HEAD".to_owned(),
                    },
                    Err(error) => error.to_string(),
                };
                self.refuse_stream(id, &wrong, Reset::ProtocolError);
            }
            Frame::Data { stream: id, data } => {
                if self
                    .stream(id)
                    .is_some_and(|stream| stream.arrive(data).is_err())
                {
                    self.refuse_stream(id, "more DATA than its window", Reset::FlowControl);
                }
            }
            Frame::End { stream } => self.end(stream, Ok(())),
            Frame::Reset { stream, reason } => self.end(stream, Err(reset(reason))),
            Frame::Window { stream: id, more } => {
                if self
                    .stream(id)
                    .is_some_and(|stream| stream.widen(more).is_err())
                {
                    self.refuse_stream(id, "a WINDOW beyond the most", Reset::FlowControl);
                }
            }
            Frame::Ping(payload) => self.pong(payload),
            Frame::Pong(_) => {
                let mut state = self.lock();
                state.pong_due = None;
                wake(state);
            }
            Frame::GoAway { last } => self.go_away(last),
            Frame::Unknown => {}
        }
    }

    /// Answers a PING: of those of a server that does not read, the last alone.
    fn pong(&self, payload: Bytes) {
        let mut state = self.lock();
        if state.over.is_none() {
            let is_pong = |frame: &Frame| matches!(frame, Frame::Pong(_));
            state.outgoing.retain(|frame| !is_pong(frame));
            state.outgoing.push_back(Frame::Pong(payload));
        }
        wake(state);
    }

    fn go_away(&self, last: u32) {
        let mut state = self.lock();
        state.retired = true;
        let kept = state.streams.partition_point(|(id, _)| *id <= last);
        let unprocessed = state.streams.split_off(kept);
        state.outgoing.retain(|frame| frame.stream() <= last);
        if state.streams.is_empty() {
            state.idle_since = Instant::now();
        }
        wake(state);
        for (_, stream) in unprocessed {
            stream.end(Err(Failure::unprocessed(
                "the server is shutting down, and did not look at the call",
            )));
        }
    }

    /// The server ends a call.
    fn end(&self, id: u32, end: Result<(), Failure>) {
        let mut state = self.lock();
        let stream = state.take(id);
        state.outgoing.retain(|frame| frame.stream() != id);
        wake(state);
        if let Some(stream) = stream {
            stream.end(end);
        }
    }

    fn refuse_stream(&self, id: u32, why: &str, reason: Reset) {
        let mut state = self.lock();
        let stream = state.take(id);
        state.outgoing.retain(|frame| frame.stream() != id);
        state
            .outgoing
            .push_back(Frame::Reset { stream: id, reason });
        wake(state);
        if let Some(stream) = stream {
            let text = format!("the server broke the protocol of the WebSocket: {why}");
            stream.end(Err(Failure::lasting(Status::Internal, text)));
        }
    }

    fn stream(&self, id: u32) -> Option<Arc<Stream>> {
        let state = self.lock();
        let index = state.index(id)?;
        Some(state.streams[index].1.clone())
    }

    /// What to do next, once the socket is open.
    pub(super) fn poll_task(&self, context: &mut Context<'_>) -> Poll<Task> {
        let mut state = self.lock();
        if state.is_open
            && let Some(frame) = state.outgoing.pop_front()
        {
            let writers = match state.outgoing.len() < MOST_WAITING {
                true => std::mem::take(&mut state.writers),
                false => Vec::new(),
            };
            drop(state);
            writers.into_iter().for_each(Waker::wake);
            return Poll::Ready(Task::Send(frame.encode()));
        }
        match &state.over {
            Some(closing) => Poll::Ready(Task::Close(closing.clone())),
            None => {
                let before = wait(&mut state.driver, context.waker());
                drop(state);
                drop(before);
                Poll::Pending
            }
        }
    }

    /// How to close the socket, where it is to be, whatever was not sent yet.
    pub(super) fn closing(&self) -> Option<Task> {
        self.lock().over.clone().map(Task::Close)
    }

    /// Whether more waits for the socket than may; if so, the sender is told once less does.
    pub(super) fn is_full(&self, context: &mut Context<'_>) -> bool {
        let mut state = self.lock();
        let is_full = state.outgoing.len() >= MOST_WAITING;
        let waker = context.waker();
        if is_full && !state.writers.iter().any(|other| other.will_wake(waker)) {
            state.writers.push(waker.clone());
        }
        is_full
    }

    /// When [`Link::look`] has something to do.
    pub(super) fn alarm(&self) -> Instant {
        let state = self.lock();
        let at = match (state.streams.is_empty(), state.pong_due) {
            (true, _) => state.idle_since.checked_add(IDLE),
            (false, Some(due)) => Some(due),
            (false, None) => state.pinged.checked_add(PING),
        };
        at.unwrap_or(state.idle_since)
    }

    /// Does what it is time for; gives a failure where the other end is not there any more.
    pub(super) fn look(&self) -> Option<Failure> {
        if self.alarm() > Instant::now() {
            return None;
        }
        let mut state = self.lock();
        if state.streams.is_empty() {
            state.close(close::NORMAL, "idle");
        } else if state.pong_due.is_some() {
            return Some(Failure::unavailable(format!(
                "the connection is dead: no answer to a ping within {PONG:?}"
            )));
        } else {
            let now = Instant::now();
            state.pinged = now;
            state.pong_due = now.checked_add(PONG);
            state.outgoing.push_back(Frame::Ping(Bytes::new()));
        }
        None
    }

    /// Nothing in it is ever half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn index(&self, id: u32) -> Option<usize> {
        self.streams.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    /// Takes a call off the socket.
    fn take(&mut self, id: u32) -> Option<Arc<Stream>> {
        let index = self.index(id)?;
        let (_, stream) = self.streams.remove(index);
        if self.streams.is_empty() {
            self.idle_since = Instant::now();
            self.pong_due = None;
            if self.retired {
                self.close(close::NORMAL, "the last call is done");
            }
        }
        Some(stream)
    }

    /// Takes every call off the socket.
    fn forget(&mut self) -> Vec<Arc<Stream>> {
        self.outgoing.clear();
        let streams = std::mem::take(&mut self.streams);
        streams.into_iter().map(|(_, stream)| stream).collect()
    }

    fn close(&mut self, code: u16, reason: &str) {
        self.over.get_or_insert_with(|| Closing {
            code,
            reason: reason.to_owned(),
        });
    }
}

fn reset(reason: Reset) -> Failure {
    match reason {
        Reset::Cancelled => {
            Failure::lasting(Status::Canceled, "the server cancelled the call").or_late()
        }
        Reset::Refused => {
            Failure::unprocessed("the server refused the call, and did not look at it")
        }
        Reset::ProtocolError | Reset::FlowControl | Reset::Internal => Failure::lasting(
            Status::Internal,
            format!("the server reset the call: {reason}"),
        ),
    }
}

/// Wakes the socket's task, which may look at once.
fn wake(mut state: MutexGuard<'_, State>) {
    let driver = state.driver.take();
    drop(state);
    if let Some(driver) = driver {
        driver.wake();
    }
}
