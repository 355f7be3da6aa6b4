//! Connections: one call at a time over HTTP/1.1, many over HTTP/2.

use super::load::{InFlight, Load};
use crate::Body;
use hyper::client::conn::{http1, http2};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::time::Instant;

/// A connection in HTTP/1.1. Whoever has it is its only user.
pub(super) struct Http1 {
    pub(super) sender: http1::SendRequest<Body>,
    /// Whether it has answered a call.
    pub(super) proven: bool,
    /// When its last call ended.
    pub(super) idle_since: Instant,
}

/// A connection in HTTP/2, as its address keeps it.
pub(super) struct Http2 {
    sender: http2::SendRequest<Body>,
    pub(super) load: Arc<Load>,
    seen: Arc<Seen>,
}

/// A call's share of such a connection.
pub(super) struct Stream2 {
    pub(super) sender: http2::SendRequest<Body>,
    pub(super) in_flight: InFlight,
    seen: Arc<Seen>,
}

/// What calls have seen of a connection in HTTP/2.
#[derive(Default)]
struct Seen {
    /// It has answered one.
    answer: AtomicBool,
    /// It takes no more of them.
    goodbye: AtomicBool,
}

/// What a call is sent on.
pub(super) enum Connection {
    Http1(Http1),
    Http2(Stream2),
}

impl Http1 {
    pub(super) fn new(sender: http1::SendRequest<Body>) -> Self {
        Http1 {
            sender,
            proven: false,
            idle_since: Instant::now(),
        }
    }
}

impl Http2 {
    pub(super) fn new(sender: http2::SendRequest<Body>, load: Arc<Load>) -> Self {
        Http2 {
            sender,
            load,
            seen: Arc::default(),
        }
    }

    /// Whether it takes no more calls: the server said so, or it is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.seen.goodbye.load(Ordering::Relaxed) || self.sender.is_closed()
    }

    pub(super) fn stream(&self) -> Stream2 {
        Stream2 {
            sender: self.sender.clone(),
            in_flight: InFlight::begin(&self.load),
            seen: self.seen.clone(),
        }
    }
}

impl Stream2 {
    /// Whether the connection has answered a call.
    pub(super) fn is_proven(&self) -> bool {
        self.seen.answer.load(Ordering::Relaxed)
    }

    pub(super) fn prove(&self) {
        if !self.is_proven() {
            self.seen.answer.store(true, Ordering::Relaxed);
        }
    }

    /// The server said that it takes no more calls here, which the connection itself may notice later.
    pub(super) fn leave(&self) {
        self.seen.goodbye.store(true, Ordering::Relaxed);
    }
}
