//! The end of a process: it cannot go on, is not needed, did not answer in time, or is gone.

use super::Worker;
use super::state::{Given, Phase};
use crate::daemon::beginning;
use crate::daemon::lambda::invocation::Failed;
use tokio::time::Instant;

impl Worker {
    /// It cannot go on: it is to be ended.
    pub(in crate::daemon::lambda) fn fail(&self, why: String) {
        let mut now = self.now();
        now.phase = Phase::Failed(beginning::of(why));
        self.tell_of(now);
    }

    /// It gets no more events. `false` where it has one.
    pub(in crate::daemon::lambda) fn retire(&self) -> bool {
        let mut now = self.now();
        now.retired = now.given.is_empty();
        now.retired
    }

    /// Its time for this event is over. Whether it has no others, and is to be ended at once; it gets no more.
    pub(in crate::daemon::lambda) fn time_out(&self, id: &str) -> bool {
        let mut now = self.now();
        let overdue = |given: &Given| given.id == id && given.until <= Instant::now();
        let Some(place) = now.given.iter().position(overdue) else {
            // It has answered in this very moment.
            return false;
        };
        now.retired = true;
        let given = now.given.swap_remove(place);
        if let Some(tell) = given.tell {
            let _ = tell.send(Err(Failed::TimedOut(given.time)));
        }
        now.given.is_empty()
    }

    /// Its process has ended. Why it never asked for an event, where it did not: what it said itself goes before how it ended.
    pub(in crate::daemon::lambda) fn end(&self, why: &str) -> Option<String> {
        let mut now = self.now();
        now.retired = true;
        for tell in now.given.drain(..).filter_map(|given| given.tell) {
            let _ = tell.send(Err(Failed::Ended(why.to_owned())));
        }
        let not_started = match &now.phase {
            _ if now.started => None,
            Phase::Failed(said) => Some(said.clone()),
            _ => Some(why.to_owned()),
        };
        if matches!(now.phase, Phase::Starting | Phase::Late) {
            now.phase = Phase::Failed(why.to_owned());
        }
        self.tell_of(now);
        not_started
    }
}
