//! What is to be done about a process, and how many events it may get.

use super::Worker;
use super::state::{Now, Phase};
use std::time::Duration;
use tokio::time::Instant;

/// A process that has answered asks for the next event within this time, or does not count as one that does.
const RETURN: Duration = Duration::from_millis(50);

/// What is to be done about a process, and when.
#[derive(Debug, PartialEq)]
pub(in crate::daemon::lambda) enum Due {
    /// It has to have asked for an event.
    Start,
    /// It has failed, or all is done that it still had to do.
    Over(String),
    /// It has to have answered the event of this id.
    Answer(String, Instant),
    /// It is about to ask for the next event, or is not.
    Return(Instant),
    /// It has to have asked for the next event.
    Ask(Instant),
    /// It has had nothing to do since.
    Idle(Instant),
}

impl Due {
    /// When it is due; `None` where it is now, or nobody here knows.
    pub(super) fn at(&self) -> Option<Instant> {
        match self {
            Due::Start | Due::Over(_) => None,
            Due::Answer(_, at) | Due::Return(at) | Due::Ask(at) | Due::Idle(at) => Some(*at),
        }
    }
}

impl Worker {
    /// How many events that wait now may become its own.
    pub(in crate::daemon::lambda) fn free(&self) -> usize {
        let now = self.now();
        match &now.phase {
            // Until it is gone nothing is started in its place: another would fare no better.
            Phase::Failed(_) if !now.started => self.concurrency,
            Phase::Failed(_) => 0,
            _ if now.retired => 0,
            Phase::Starting | Phase::Late => self.concurrency,
            Phase::Running => match now.answered {
                Some(answered) if now.asking == 0 && !answered.seen => 1,
                _ => now.asking,
            },
        }
    }

    pub(in crate::daemon::lambda) fn is_busy(&self) -> bool {
        !self.now().given.is_empty()
    }

    /// Tells of each change from now on.
    pub(in crate::daemon::lambda) fn attend(&self) {
        let mut now = self.now();
        now.attended = true;
        self.tell_of(now);
    }

    /// What is due next. Whoever asks is told of what is due before that.
    pub(in crate::daemon::lambda) fn due(&self) -> Due {
        let mut now = self.now();
        let due = self.due_of(&now);
        now.told_before = due.at();
        due
    }

    pub(super) fn due_of(&self, now: &Now) -> Due {
        match &now.phase {
            Phase::Failed(why) => return Due::Over(why.clone()),
            Phase::Starting | Phase::Late => return Due::Start,
            Phase::Running => {}
        }
        if let Some(first) = now.given.iter().min_by_key(|given| given.until) {
            return Due::Answer(first.id.clone(), first.until);
        }
        if now.retired {
            return Due::Over("it did not answer in time".to_owned());
        }
        match now.answered {
            Some(answered) if !answered.seen => Due::Return(answered.at + RETURN),
            Some(answered) => Due::Ask(answered.until),
            None => Due::Idle(now.idle_since + self.keep_alive),
        }
    }

    /// It has not come back, and counts no more as one that is about to.
    pub(in crate::daemon::lambda) fn note_late(&self) {
        if let Some(answered) = &mut self.now().answered {
            answered.seen = true;
        }
    }
}
