//! What is known of a process.

use crate::daemon::lambda::invocation::{Outcome, Raised};
use crate::daemon::process::tail::Tail;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Now {
    pub(super) phase: Phase,
    /// What it said when it could not start.
    pub(super) not_started: Option<Raised>,
    /// Whether it has asked for an event, ever.
    pub(super) started: bool,
    /// How often it waits for an event right now.
    pub(super) asking: usize,
    /// The events that it has.
    pub(super) given: Vec<Given>,
    /// It gets no more events.
    pub(super) retired: bool,
    /// Since when it has had nothing to do.
    pub(super) idle_since: Instant,
    pub(super) answered: Option<Answered>,
    /// The event that it answered last.
    pub(super) last: Option<String>,
    /// Whoever looks after it sleeps until then, and is not told of what is due later: there are thousands of events a second.
    /// `None` where all is told.
    pub(super) told_before: Option<Instant>,
    /// All is told from now on.
    pub(super) attended: bool,
}

#[derive(Debug, PartialEq)]
pub(super) enum Phase {
    /// It has not asked for an event yet.
    Starting,
    /// The same, and it took too long: it is being ended, and another process is about to be started in its place.
    Late,
    Running,
    /// It said that it cannot start, or ended before it had started, and why.
    Failed(String),
}

/// An event that a process has.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) id: String,
    /// Where its caller hears of what is printed about it.
    pub(super) tail: Option<Tail>,
    /// How long there is for it, and when it has to have been answered.
    pub(super) time: Duration,
    pub(super) until: Instant,
    /// Who waits for the outcome; `None` once that has begun to come.
    pub(super) tell: Option<oneshot::Sender<Outcome>>,
    /// Its answer is being read.
    pub(super) claimed: bool,
}

/// It has answered, and has not asked for more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    pub(super) at: Instant,
    /// When it has to have asked.
    pub(super) until: Instant,
    /// It was seen to that it does not count as one that is about to ask.
    pub(super) seen: bool,
}
