//! The answer of an event.

use super::state::Answered;
use super::{Claim, Refused, Worker};
use crate::daemon::lambda::invocation::Outcome;
use tokio::time::Instant;

impl Worker {
    /// Begins to answer the event of this id, which nobody else does until what this gives is dropped.
    pub(in crate::daemon::lambda) fn claim(&self, id: &str) -> Result<Claim<'_>, Refused> {
        let mut now = self.now();
        let answered = now.last.as_deref() == Some(id);
        match now.given.iter_mut().find(|given| given.id == id) {
            Some(given) if given.tell.is_some() && !given.claimed => {
                given.claimed = true;
                Ok(Claim::new(self, id))
            }
            Some(_) => Err(Refused::Answered),
            None if answered => Err(Refused::Answered),
            None => Err(Refused::UnknownId),
        }
    }

    /// Takes the beginning of an answer, behind which there is more.
    pub(super) fn begin_to_answer(&self, id: &str, outcome: Outcome) -> Result<(), Refused> {
        let mut now = self.now();
        let given = now.given.iter_mut().find(|given| given.id == id);
        let tell = given.and_then(|given| given.tell.take());
        // Whoever waited for it may have gone.
        let _ = tell.ok_or(Refused::UnknownId)?.send(outcome);
        Ok(())
    }

    /// That was all: it may have another event.
    pub(super) fn end_of_answer(&self, id: &str) {
        let mut now = self.now();
        let Some(place) = now.given.iter().position(|given| given.id == id) else {
            return;
        };
        let given = now.given.swap_remove(place);
        now.last = Some(given.id);
        if now.given.is_empty() {
            now.idle_since = Instant::now();
            if now.asking == 0 {
                now.answered = Some(Answered {
                    at: now.idle_since,
                    until: given.until,
                    seen: false,
                });
            }
        }
        self.tag(&now);
        self.tell_of(now);
    }
}
