//! When a socket must ask whether its peer is there, and when it must go.

use crate::server::{Limits, lifetime};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// What it is time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// The peer has been silent: send it a ping.
    Ask,
    /// It did not answer, as far as was read by now.
    Silent,
    /// It takes nothing of what waits for it, whatever it says; as far as it was offered by now.
    Stuck,
    /// There was no stream for the idle timeout.
    Idle,
    /// The socket has lived for its time.
    Aged,
    /// Its streams have had their time to end.
    GraceOver,
}

/// Whether the peer was asked whether it is there.
enum Asked {
    No,
    /// It is to be, once its connection takes the ping.
    Waits,
    /// The connection took it, and lets it go when its turn ends: a call that computes may come before that.
    Taken(Instant),
    At(Instant),
}

/// Bytes wait, and none is taken.
struct Stuck {
    since: Instant,
    /// When the connection was to be tried once more.
    doubted: Option<Instant>,
}

/// The timers of a socket, all in one.
pub(super) struct Clock {
    keep_alive: Option<Duration>,
    keep_alive_timeout: Duration,
    idle_timeout: Option<Duration>,
    /// Since when nothing was heard.
    heard: Instant,
    asked: Asked,
    stuck: Option<Stuck>,
    /// Since when there is no stream.
    idle: Option<Instant>,
    /// When the socket is to go.
    leaves: Option<Instant>,
    /// When it is to be gone.
    gone: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Clock {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        Clock {
            keep_alive: limits.keep_alive,
            keep_alive_timeout: limits.keep_alive_timeout,
            idle_timeout: limits.idle_timeout,
            heard: now,
            asked: Asked::No,
            stuck: None,
            idle: Some(now),
            leaves: limits
                .max_age
                .and_then(|age| now.checked_add(lifetime(age))),
            gone: None,
            timer: Box::pin(tokio::time::sleep_until(now)),
        }
    }

    /// The peer said something.
    pub(super) fn heard(&mut self) {
        self.heard = Instant::now();
        self.asked = Asked::No;
    }

    /// The ping that was due has been sent, for which calls may have let it wait.
    pub(super) fn asked(&mut self) {
        if let Asked::Waits = self.asked {
            self.asked = Asked::Taken(Instant::now());
        }
    }

    /// Bytes wait that the connection does not take; `taken` where it took some before. Says whether that is news.
    pub(super) fn waits(&mut self, taken: bool) -> bool {
        let news = self.stuck.is_none();
        if news || taken {
            self.stuck = Some(Stuck {
                since: Instant::now(),
                doubted: None,
            });
        }
        news
    }

    /// Nothing waits.
    pub(super) fn all_left(&mut self) {
        self.stuck = None;
    }

    /// Whether the peer has not answered in its time.
    pub(super) fn is_silent(&self) -> bool {
        self.silent().is_some_and(|at| at <= Instant::now())
    }

    /// Whether the peer has taken nothing in its time.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck_from().is_some_and(|at| at <= Instant::now())
    }

    /// Whether there are streams.
    pub(super) fn set_busy(&mut self, busy: bool) {
        match busy {
            true => self.idle = None,
            false => self.idle = self.idle.or_else(|| Some(Instant::now())),
        }
    }

    /// No new streams are taken. Those that run may go on for so long, or for as long as they like.
    pub(super) fn leave(&mut self, grace: Option<Duration>) {
        self.leaves = None;
        self.idle_timeout = None;
        self.gone = grace.and_then(|grace| Instant::now().checked_add(grace));
    }

    /// What it is time for next. Each is said once, but for what is said of the peer, which the caller must look at
    /// once more: [`Clock::is_silent`], [`Clock::is_stuck`].
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Due> {
        loop {
            self.look_once_more();
            let Some((at, due)) = self.next() else {
                return Poll::Pending;
            };
            let due = due.filter(|due| match due {
                Due::Silent | Due::Stuck => self.has_gone_off(at),
                _ => at <= Instant::now(),
            });
            if let Some(due) = due {
                match due {
                    Due::Ask => self.asked = Asked::Waits,
                    Due::Silent | Due::Stuck => {}
                    Due::Idle => self.idle_timeout = None,
                    Due::Aged => self.leaves = None,
                    Due::GraceOver => self.gone = None,
                }
                return Poll::Ready(due);
            }
            // A timer that fires too early is set anew; so it need not be moved for each thing that is heard.
            if self.timer.is_elapsed() || at < self.timer.deadline() {
                self.timer.as_mut().reset(at);
            }
            ready!(self.timer.as_mut().poll(context));
        }
    }

    /// Whether the runtime's timers have come to this time.
    ///
    /// Calls that compute, or other tasks, may keep the runtime from looking at the connection. What the peer sent in
    /// time lies there unread then, and what it would take is not sent. The runtime looks at connections before timers:
    /// where one of these has gone off, the connection was looked at, and its task had its turn.
    fn has_gone_off(&self, at: Instant) -> bool {
        self.timer.is_elapsed() && at <= self.timer.deadline()
    }

    /// Goes on with what needs another look at the connection, once there was one.
    fn look_once_more(&mut self) {
        if let Asked::Taken(at) = self.asked
            && self.has_gone_off(at)
        {
            self.asked = Asked::At(Instant::now());
        }
        if let Some(from) = self.stuck_from()
            && self.has_gone_off(from)
            && let Some(stuck) = &mut self.stuck
        {
            stuck.doubted.get_or_insert_with(Instant::now);
        }
    }

    /// When the peer is to be asked whether it is there.
    fn asks(&self) -> Option<Instant> {
        match self.asked {
            Asked::No => self.heard.checked_add(self.keep_alive?),
            // Who does not take it is stuck.
            Asked::Waits | Asked::Taken(_) | Asked::At(_) => None,
        }
    }

    /// From when on the peer is silent.
    fn silent(&self) -> Option<Instant> {
        match self.asked {
            Asked::At(asked) => asked.checked_add(self.keep_alive_timeout),
            Asked::No | Asked::Waits | Asked::Taken(_) => None,
        }
    }

    /// From when on the peer is stuck: after as long as one may take that is asked and does not answer.
    fn stuck_from(&self) -> Option<Instant> {
        let patience = self.keep_alive?.checked_add(self.keep_alive_timeout)?;
        let stuck = self.stuck.as_ref()?;
        stuck.doubted.or_else(|| stuck.since.checked_add(patience))
    }

    /// What comes next; without a name it is a look at the connection.
    fn next(&self) -> Option<(Instant, Option<Due>)> {
        let ask = self.asks().map(|at| (at, Some(Due::Ask)));
        let left = match self.asked {
            Asked::Taken(at) => Some((at, None)),
            _ => None,
        };
        let silent = self.silent().map(|at| (at, Some(Due::Silent)));
        let doubted = self.stuck.as_ref().and_then(|stuck| stuck.doubted);
        let stuck = self
            .stuck_from()
            .map(|at| (at, doubted.map(|_| Due::Stuck)));
        let idle = self.idle.zip(self.idle_timeout);
        let idle =
            idle.and_then(|(since, timeout)| Some((since.checked_add(timeout)?, Some(Due::Idle))));
        let aged = self.leaves.map(|at| (at, Some(Due::Aged)));
        let gone = self.gone.map(|at| (at, Some(Due::GraceOver)));
        [ask, left, silent, stuck, idle, aged, gone]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}
