//! The connections to one address.

use super::connection::{Http1, Http2};
use super::waiting::Waiting;
use crate::random;
use std::time::Duration;
use tokio::time::Instant;

/// How long a connection may be without a call before it is closed: less than servers allow, since a call that meets the
/// closing of its connection fails, and only some may be repeated.
const IDLE: Duration = Duration::from_secs(20);

/// The connections to one address, and who waits for more.
#[derive(Default)]
pub(super) struct Connections {
    pub(super) http2: Vec<Http2>,
    /// Idle ones, the one used last at the end.
    pub(super) http1: Vec<Http1>,
    /// How many there are in HTTP/1.1, idle or busy.
    pub(super) http1_open: usize,
    /// Whether over `https` the server chose HTTP/1.1.
    pub(super) chose_http1: bool,
    /// Calls that wait for a connection in either version, and in HTTP/2.
    pub(super) either_waits: Waiting,
    pub(super) http2_waits: Waiting,
    /// When the set of HTTP/2 connections may grow.
    pub(super) may_grow: Option<Instant>,
    /// Whether a task closes what is idle.
    pub(super) is_watched: bool,
}

impl Connections {
    pub(super) fn waits(&mut self, http2: bool) -> &mut Waiting {
        match http2 {
            true => &mut self.http2_waits,
            false => &mut self.either_waits,
        }
    }

    /// Whether one more connection in HTTP/1.1 may be begun, where there may be so many.
    pub(super) fn has_room(&self, most: usize) -> bool {
        self.http1_open + self.either_waits.connecting < most
    }

    /// Whether a connection is to be made for a call that waits for one of its own, which then counts already.
    pub(super) fn lacks_http1(&mut self, most: usize) -> bool {
        let lacks = self.either_waits.needs_more() && self.has_room(most);
        self.either_waits.connecting += usize::from(lacks);
        lacks
    }

    /// The idle connection used last, since it is the least likely to be closed by the server right now.
    pub(super) fn idle(&mut self) -> Option<Http1> {
        while let Some(connection) = self.http1.pop() {
            if connection.sender.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    /// Whether somebody is to close what is idle from now on, since nobody does.
    pub(super) fn begin_to_watch(&mut self) -> bool {
        !std::mem::replace(&mut self.is_watched, true)
    }

    /// Closes what was idle for too long; gives when the next may be. `None` where nothing is left to be watched.
    pub(super) fn close_idle(&mut self) -> Option<Instant> {
        let now = Instant::now();
        self.http1.retain(|connection| {
            !connection.sender.is_closed() && connection.idle_since + IDLE > now
        });
        self.http2.retain(|connection| {
            let idle_since = connection.load.idle_since();
            !connection.is_closed() && idle_since.is_none_or(|since| since + IDLE > now)
        });
        let http1 = self.http1.iter().map(|connection| connection.idle_since);
        let http2 = self.http2.iter();
        let http2 = http2.map(|connection| connection.load.idle_since().unwrap_or(now));
        let next = http1.chain(http2).min().map(|since| since + IDLE);
        self.is_watched = next.is_some();
        next
    }
}

/// The less busy of two random ones, as far as they are `meant`.
pub(super) fn less_busy(all: &[Http2], meant: impl Fn(&Http2) -> bool) -> Option<&Http2> {
    if let [only] = all {
        return Some(only).filter(|only| meant(only));
    }
    random::less_busy(all, meant, |connection| connection.load.calls())
}
