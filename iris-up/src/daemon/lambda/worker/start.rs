//! A process until it has asked for an event, or has failed to.

use super::state::Phase;
use super::{Refused, Worker};
use crate::daemon::beginning;
use crate::daemon::lambda::invocation::Raised;

impl Worker {
    /// Waits until it has asked for an event.
    ///
    /// # Errors
    ///
    /// Why it does not come to that.
    pub(in crate::daemon::lambda) async fn started(&self) -> Result<(), String> {
        let mut changed = self.changed();
        loop {
            match &self.now().phase {
                Phase::Starting | Phase::Late => {}
                Phase::Running => return Ok(()),
                Phase::Failed(why) => return Err(why.clone()),
            }
            // The sender is here.
            let _ = changed.changed().await;
        }
    }

    pub(in crate::daemon::lambda) fn is_starting(&self) -> bool {
        matches!(self.now().phase, Phase::Starting | Phase::Late)
    }

    /// Its time to start is over: what it asks from here on comes to nothing. `false` where it has asked in time.
    pub(in crate::daemon::lambda) fn is_late(&self) -> bool {
        let mut now = self.now();
        let is_late = now.phase == Phase::Starting;
        if is_late {
            now.phase = Phase::Late;
        }
        is_late
    }

    /// Another process is started in its place, with all of its time.
    pub(in crate::daemon::lambda) fn begin_again(&self) {
        let mut now = self.now();
        if now.phase == Phase::Late {
            now.phase = Phase::Starting;
        }
    }

    /// Whether it may still say that it cannot start.
    pub(in crate::daemon::lambda) fn may_fail_to_start(&self) -> Result<(), Refused> {
        match self.now().phase {
            Phase::Starting => Ok(()),
            _ => Err(Refused::Started),
        }
    }

    /// It says that it cannot start.
    pub(in crate::daemon::lambda) fn fail_to_start(&self, why: Raised) -> Result<(), Refused> {
        let mut now = self.now();
        if now.phase != Phase::Starting {
            return Err(Refused::Started);
        }
        now.phase = Phase::Failed(beginning::of(format!("the function failed: {why}")));
        now.not_started = Some(why);
        self.tell_of(now);
        Ok(())
    }

    /// Why it did not start, where it said so.
    pub(in crate::daemon::lambda) fn not_started(&self) -> Option<Raised> {
        self.now().not_started.clone()
    }
}
