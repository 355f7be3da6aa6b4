//! An event that a process asks for, and gets.

use super::state::{Given, Now, Phase};
use super::{Refused, Worker};
use crate::daemon::event::Event;
use crate::daemon::lambda::invocation::Invocation;
use crate::daemon::process::printed::About;
use std::future::pending;
use std::time::Duration;
use tokio::time::Instant;

impl Worker {
    /// Gives it the next event, once there is one, and so long for it. One that gets no more waits until it is ended.
    pub(in crate::daemon::lambda) async fn next(
        &self,
        time: Duration,
    ) -> Result<(Event, Instant), Refused> {
        let Some(asking) = self.ask()? else {
            return pending().await;
        };
        if asking.is_first {
            // What it printed as it started is about no event.
            self.tag.caught_up().await;
        }
        let invocation = self.queue.take().await;
        match self.take(asking, invocation, time) {
            Some(given) => Ok(given),
            None => pending().await,
        }
    }

    /// The event that it has got becomes its own; `None` where it gets no more, and the event goes to another.
    pub(super) fn take(
        &self,
        asking: Asking<'_>,
        invocation: Invocation,
        time: Duration,
    ) -> Option<(Event, Instant)> {
        let mut now = self.now();
        asking.done(&mut now);
        if now.retired || matches!(now.phase, Phase::Failed(_)) {
            drop(now);
            self.queue.put_back(invocation);
            return None;
        }
        let Invocation { event, tell } = invocation;
        let until = Instant::now() + time;
        now.given.push(Given {
            id: event.id.clone(),
            tail: event.tail.clone(),
            time,
            until,
            tell: Some(tell),
            claimed: false,
        });
        self.tag(&now);
        self.tell_of_less(now);
        Some((event, until))
    }

    /// It waits for an event from now on; `None` where it gets no more.
    pub(super) fn ask(&self) -> Result<Option<Asking<'_>>, Refused> {
        let mut now = self.now();
        if now.retired {
            return Ok(None);
        }
        match now.phase {
            Phase::Late => return Ok(None),
            Phase::Failed(_) => return Err(Refused::Started),
            _ if now.given.len() + now.asking >= self.concurrency => return Err(Refused::Busy),
            Phase::Starting => {
                now.phase = Phase::Running;
                now.idle_since = Instant::now();
                now.told_before = None;
            }
            Phase::Running => {}
        }
        let is_first = !now.started;
        now.started = true;
        now.asking += 1;
        now.answered = None;
        self.tell_of(now);
        Ok(Some(Asking {
            worker: self,
            is_first,
            is_done: false,
        }))
    }

    /// What it prints belongs to its event, where it has one alone.
    pub(super) fn tag(&self, now: &Now) {
        match now.given.as_slice() {
            [only] => self.tag.set(Some(About {
                id: only.id.clone(),
                tail: only.tail.clone(),
            })),
            // What is printed between two events belongs to the one before.
            [] => {}
            [..] => self.tag.set(None),
        }
    }
}

/// A process that waits for an event, until this is dropped.
pub(super) struct Asking<'a> {
    worker: &'a Worker,
    /// It has not asked before.
    is_first: bool,
    /// It has got one.
    is_done: bool,
}

impl Asking<'_> {
    /// It has got one.
    fn done(mut self, now: &mut Now) {
        now.asking -= 1;
        self.is_done = true;
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            let mut now = self.worker.now();
            now.asking -= 1;
            self.worker.tell_of_less(now);
        }
    }
}
