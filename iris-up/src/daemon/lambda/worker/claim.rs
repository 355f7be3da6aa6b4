//! An event that a process answers.

use super::{Refused, Worker};
use crate::daemon::lambda::invocation::Outcome;

/// An answer that is being read.
#[derive(Debug)]
pub(in crate::daemon::lambda) struct Claim<'a> {
    worker: &'a Worker,
    id: String,
}

impl<'a> Claim<'a> {
    pub(super) fn new(worker: &'a Worker, id: &str) -> Claim<'a> {
        Claim {
            worker,
            id: id.to_owned(),
        }
    }

    /// Takes the answer.
    pub(in crate::daemon::lambda) fn answer(self, outcome: Outcome) -> Result<(), Refused> {
        self.begin_to_answer(outcome)?;
        self.end_of_answer();
        Ok(())
    }

    /// Takes the beginning of one, behind which there is more.
    pub(in crate::daemon::lambda) fn begin_to_answer(
        &self,
        outcome: Outcome,
    ) -> Result<(), Refused> {
        self.worker.begin_to_answer(&self.id, outcome)
    }

    /// That was all: the process may have another event.
    pub(in crate::daemon::lambda) fn end_of_answer(self) {
        self.worker.end_of_answer(&self.id);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut now = self.worker.now();
        let given = now.given.iter_mut().find(|given| given.id == self.id);
        match given {
            // Nothing has come of it.
            Some(given) if given.tell.is_some() => given.claimed = false,
            // Its rest was given up.
            Some(_) => {
                drop(now);
                self.worker.end_of_answer(&self.id);
            }
            None => {}
        }
    }
}
