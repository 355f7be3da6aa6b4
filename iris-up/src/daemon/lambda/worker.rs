//! One process of a function, as far as events go.

mod claim;
#[cfg(test)]
mod tests;

pub(super) use claim::Claim;

use super::invocation::{Failed, Invocation, Outcome, Raised};
use super::queue::Queue;
use crate::daemon::beginning;
use crate::daemon::event::Event;
use crate::daemon::process::printed::{About, Tag};
use crate::daemon::process::tail::Tail;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::Instant;

/// A process that has answered asks for the next event within this time, or does not count as one that does.
const RETURN: Duration = Duration::from_millis(50);

/// How many of its answers are read at a time. The others wait, of a process that has many events at a time.
const READ_AT_A_TIME: usize = 16;

/// One process.
#[derive(Debug)]
pub(super) struct Worker {
    queue: Arc<Queue>,
    /// How many events it may have at a time.
    concurrency: usize,
    /// How long it may have nothing to do.
    keep_alive: Duration,
    now: Mutex<Now>,
    changed: watch::Sender<()>,
    reading: Semaphore,
    /// What it prints is about this.
    pub(super) tag: Tag,
}

#[derive(Debug)]
struct Now {
    phase: Phase,
    /// What it said when it could not start.
    not_started: Option<Raised>,
    /// Whether it has asked for an event, ever.
    started: bool,
    /// How often it waits for an event right now.
    asking: usize,
    /// The events that it has.
    given: Vec<Given>,
    /// It gets no more events.
    retired: bool,
    /// Since when it has had nothing to do.
    idle_since: Instant,
    answered: Option<Answered>,
    /// The event that it answered last.
    last: Option<String>,
    /// Whoever looks after it sleeps until then, and is not told of what is due later: there are thousands of events a second.
    /// `None` where all is told.
    told_before: Option<Instant>,
    /// All is told from now on.
    attended: bool,
}

#[derive(Debug, PartialEq)]
enum Phase {
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
struct Given {
    id: String,
    /// Where its caller hears of what is printed about it.
    tail: Option<Tail>,
    /// How long there is for it, and when it has to have been answered.
    time: Duration,
    until: Instant,
    /// Who waits for the outcome; `None` once that has begun to come.
    tell: Option<oneshot::Sender<Outcome>>,
    /// Its answer is being read.
    claimed: bool,
}

/// It has answered, and has not asked for more.
#[derive(Debug, Clone, Copy)]
struct Answered {
    at: Instant,
    /// When it has to have asked.
    until: Instant,
    /// It was seen to that it does not count as one that is about to ask.
    seen: bool,
}

/// What is to be done about a process, and when.
#[derive(Debug, PartialEq)]
pub(super) enum Due {
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

/// What a process may not do right now.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It has as many events as it may have.
    Busy,
    /// It has no event of this id.
    UnknownId,
    /// It has started, or has failed to.
    Started,
    /// It has answered that event, or begun to.
    Answered,
}

impl Due {
    /// When it is due; `None` where it is now, or nobody here knows.
    fn at(&self) -> Option<Instant> {
        match self {
            Due::Start | Due::Over(_) => None,
            Due::Answer(_, at) | Due::Return(at) | Due::Ask(at) | Due::Idle(at) => Some(*at),
        }
    }
}

impl Worker {
    pub(super) fn new(queue: Arc<Queue>, concurrency: usize, keep_alive: Duration) -> Worker {
        Worker {
            queue,
            concurrency,
            keep_alive,
            now: Mutex::new(Now {
                phase: Phase::Starting,
                not_started: None,
                started: false,
                asking: 0,
                given: Vec::new(),
                retired: false,
                idle_since: Instant::now(),
                answered: None,
                last: None,
                told_before: None,
                attended: false,
            }),
            changed: watch::Sender::new(()),
            reading: Semaphore::new(READ_AT_A_TIME),
            tag: Tag::default(),
        }
    }

    /// Changes whenever something may be due before what was due last, or more processes may be wanted.
    pub(super) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Waits until it has asked for an event.
    ///
    /// # Errors
    ///
    /// Why it does not come to that.
    pub(super) async fn started(&self) -> Result<(), String> {
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

    pub(super) fn is_starting(&self) -> bool {
        matches!(self.now().phase, Phase::Starting | Phase::Late)
    }

    /// Its time to start is over: what it asks from here on comes to nothing. `false` where it has asked in time.
    pub(super) fn is_late(&self) -> bool {
        let mut now = self.now();
        let is_late = now.phase == Phase::Starting;
        if is_late {
            now.phase = Phase::Late;
        }
        is_late
    }

    /// Another process is started in its place, with all of its time.
    pub(super) fn begin_again(&self) {
        let mut now = self.now();
        if now.phase == Phase::Late {
            now.phase = Phase::Starting;
        }
    }

    /// How many events that wait now may become its own.
    pub(super) fn free(&self) -> usize {
        let now = self.now();
        match &now.phase {
            // What waits for one that does not start is told so with it, and another would fare no better.
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

    pub(super) fn is_busy(&self) -> bool {
        !self.now().given.is_empty()
    }

    /// Tells of each change from now on.
    pub(super) fn attend(&self) {
        let mut now = self.now();
        now.attended = true;
        self.tell_of(now);
    }

    /// What is due next. Whoever asks is told of what is due before that.
    pub(super) fn due(&self) -> Due {
        let mut now = self.now();
        let due = self.due_of(&now);
        now.told_before = due.at();
        due
    }

    fn due_of(&self, now: &Now) -> Due {
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

    /// Gives it the next event, once there is one, and so long for it. One that gets no more waits until it is ended.
    pub(super) async fn next(&self, time: Duration) -> Result<(Event, Instant), Refused> {
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
    fn take(
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
    fn ask(&self) -> Result<Option<Asking<'_>>, Refused> {
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
    fn tag(&self, now: &Now) {
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

    /// Begins to answer the event of this id, which nobody else does until what this gives is dropped.
    pub(super) fn claim(&self, id: &str) -> Result<Claim<'_>, Refused> {
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

    /// Reads an answer, once there is room for it in memory.
    pub(super) async fn read<T>(&self, answer: impl Future<Output = T>) -> T {
        // It is never closed.
        let _room = self.reading.acquire().await;
        answer.await
    }

    /// Takes the beginning of an answer, behind which there is more.
    fn begin_to_answer(&self, id: &str, outcome: Outcome) -> Result<(), Refused> {
        let mut now = self.now();
        let given = now.given.iter_mut().find(|given| given.id == id);
        let tell = given.and_then(|given| given.tell.take());
        // Whoever waited for it may have gone.
        let _ = tell.ok_or(Refused::UnknownId)?.send(outcome);
        Ok(())
    }

    /// That was all: it may have another event.
    fn end_of_answer(&self, id: &str) {
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

    /// It has not come back, and counts no more as one that is about to.
    pub(super) fn note_late(&self) {
        if let Some(answered) = &mut self.now().answered {
            answered.seen = true;
        }
    }

    /// Whether it may still say that it cannot start.
    pub(super) fn may_fail_to_start(&self) -> Result<(), Refused> {
        match self.now().phase {
            Phase::Starting => Ok(()),
            _ => Err(Refused::Started),
        }
    }

    /// It says that it cannot start.
    pub(super) fn fail_to_start(&self, why: Raised) -> Result<(), Refused> {
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
    pub(super) fn not_started(&self) -> Option<Raised> {
        self.now().not_started.clone()
    }

    /// It cannot go on: it is to be ended.
    pub(super) fn fail(&self, why: String) {
        let mut now = self.now();
        now.phase = Phase::Failed(beginning::of(why));
        self.tell_of(now);
    }

    /// It gets no more events. `false` where it has one.
    pub(super) fn retire(&self) -> bool {
        let mut now = self.now();
        now.retired = now.given.is_empty();
        now.retired
    }

    /// Its time for this event is over. Whether it has no others, and is to be ended at once; it gets no more.
    pub(super) fn time_out(&self, id: &str) -> bool {
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
    pub(super) fn end(&self, why: &str) -> Option<String> {
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

    /// Fewer events may become its own than before: what waits may have counted on it.
    fn tell_of_less(&self, mut now: MutexGuard<'_, Now>) {
        if self.queue.wants_more() {
            now.told_before = None;
        }
        self.tell_of(now);
    }

    /// Nobody who is told may find the lock taken.
    fn tell_of(&self, now: MutexGuard<'_, Now>) {
        let is_told = match (now.told_before, self.due_of(&now).at()) {
            (Some(before), Some(at)) => now.attended || at < before,
            _ => true,
        };
        drop(now);
        if is_told {
            self.changed.send_replace(());
        }
    }

    /// Neither value is ever half changed.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that waits for an event, until this is dropped.
struct Asking<'a> {
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
