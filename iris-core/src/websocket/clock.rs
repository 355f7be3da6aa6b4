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
    At(Instant),
}

/// The timers of a socket, all in one.
pub(super) struct Clock {
    keep_alive: Option<Duration>,
    keep_alive_timeout: Duration,
    idle_timeout: Option<Duration>,
    /// Since when nothing was heard.
    heard: Instant,
    asked: Asked,
    /// Since when bytes wait and none is taken.
    stuck: Option<Instant>,
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
            self.asked = Asked::At(Instant::now());
        }
    }

    /// For so long the calls of this socket computed: what was asked may not even have left, and nothing was read or sent.
    pub(super) fn held_up(&mut self, time: Duration) {
        let later = |since: &mut Instant| *since = since.checked_add(time).unwrap_or(*since);
        if let Asked::At(asked) = &mut self.asked {
            later(asked);
        }
        if let Some(stuck) = &mut self.stuck {
            later(stuck);
        }
    }

    /// Whether something is waited for of the peer.
    pub(super) fn awaits_peer(&self) -> bool {
        self.stuck.is_some() || matches!(self.asked, Asked::At(_))
    }

    /// Bytes wait that the connection does not take; `taken` where it took some before. Says whether that is news.
    pub(super) fn waits(&mut self, taken: bool) -> bool {
        let news = self.stuck.is_none();
        if news || taken {
            self.stuck = Some(Instant::now());
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
            let Some((at, due)) = self.next() else {
                return Poll::Pending;
            };
            let is_due = match due {
                // Calls that compute, or other tasks, may have kept the runtime from looking at the connection, and
                // what the peer sent in time may lie there unread. A timer is of the runtime's making too: once it has
                // gone off, the connection has been looked at.
                Due::Silent | Due::Stuck => self.timer.is_elapsed() && at <= self.timer.deadline(),
                _ => at <= Instant::now(),
            };
            if is_due {
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

    /// When the peer is to be asked whether it is there.
    fn asks(&self) -> Option<Instant> {
        match self.asked {
            Asked::No => self.heard.checked_add(self.keep_alive?),
            // Who does not take it is stuck.
            Asked::Waits | Asked::At(_) => None,
        }
    }

    /// From when on the peer is silent.
    fn silent(&self) -> Option<Instant> {
        match self.asked {
            Asked::At(asked) => asked.checked_add(self.keep_alive_timeout),
            Asked::No | Asked::Waits => None,
        }
    }

    /// From when on the peer is stuck: after as long as one may take that is asked and does not answer.
    fn stuck_from(&self) -> Option<Instant> {
        let patience = self.keep_alive?.checked_add(self.keep_alive_timeout)?;
        self.stuck?.checked_add(patience)
    }

    fn next(&self) -> Option<(Instant, Due)> {
        let ask = self.asks().map(|at| (at, Due::Ask));
        let silent = self.silent().map(|at| (at, Due::Silent));
        let stuck = self.stuck_from().map(|at| (at, Due::Stuck));
        let idle = self.idle.zip(self.idle_timeout);
        let idle = idle.and_then(|(since, timeout)| Some((since.checked_add(timeout)?, Due::Idle)));
        let aged = self.leaves.map(|at| (at, Due::Aged));
        let gone = self.gone.map(|at| (at, Due::GraceOver));
        [ask, silent, stuck, idle, aged, gone]
            .into_iter()
            .flatten()
            .min_by_key(|(at, _)| *at)
    }
}
