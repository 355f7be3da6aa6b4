//! One process of a function, as far as events go.

use super::invocation::{Failed, Invocation, Outcome, Raised};
use super::queue::Queue;
use crate::daemon::event::Event;
use crate::daemon::process::printed::{About, Tag};
use crate::daemon::process::tail::Tail;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

/// A process that has answered asks for the next event within this time, or does not count as one that does.
const RETURN: Duration = Duration::from_millis(50);

/// One process.
#[derive(Debug)]
pub(super) struct Worker {
    queue: Arc<Queue>,
    /// How many events it may have at a time.
    concurrency: usize,
    now: Mutex<Now>,
    changed: watch::Sender<()>,
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
}

#[derive(Debug, PartialEq)]
enum Phase {
    /// It has not asked for an event yet.
    Starting,
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

impl Worker {
    pub(super) fn new(queue: Arc<Queue>, concurrency: usize) -> Worker {
        Worker {
            queue,
            concurrency,
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
            }),
            changed: watch::Sender::new(()),
            tag: Tag::default(),
        }
    }

    /// Changes whenever something may be due.
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
                Phase::Starting => {}
                Phase::Running => return Ok(()),
                Phase::Failed(why) => return Err(why.clone()),
            }
            // The sender is here.
            let _ = changed.changed().await;
        }
    }

    pub(super) fn is_starting(&self) -> bool {
        self.now().phase == Phase::Starting
    }

    /// How many events that wait now may become its own.
    pub(super) fn free(&self) -> usize {
        let now = self.now();
        match &now.phase {
            Phase::Failed(_) => 0,
            _ if now.retired => 0,
            Phase::Starting => self.concurrency,
            Phase::Running => match now.answered {
                Some(answered) if now.asking == 0 && !answered.seen => 1,
                _ => now.asking,
            },
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.now().given.is_empty()
    }

    /// What is due next.
    pub(super) fn due(&self, keep_alive: Duration) -> Due {
        let now = self.now();
        match &now.phase {
            Phase::Failed(why) => return Due::Over(why.clone()),
            Phase::Starting => return Due::Start,
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
            None => Due::Idle(now.idle_since + keep_alive),
        }
    }

    /// Gives it the next event, once there is one, and so long for it. One that gets no more waits until it is ended.
    pub(super) async fn next(&self, time: Duration) -> Result<(Event, Instant), Refused> {
        let Some(asking) = self.ask()? else {
            return pending().await;
        };
        // What it printed as it started is about no event.
        self.tag.caught_up().await;
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
        if now.retired {
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
        });
        self.tag(&now);
        self.tell_of(now);
        Some((event, until))
    }

    /// It waits for an event from now on; `None` where it gets no more.
    fn ask(&self) -> Result<Option<Asking<'_>>, Refused> {
        let mut now = self.now();
        if now.retired {
            return Ok(None);
        }
        match now.phase {
            Phase::Failed(_) => return Err(Refused::Started),
            _ if now.given.len() + now.asking >= self.concurrency => return Err(Refused::Busy),
            Phase::Starting => {
                now.phase = Phase::Running;
                now.started = true;
                now.idle_since = Instant::now();
            }
            Phase::Running => {}
        }
        now.asking += 1;
        now.answered = None;
        self.tell_of(now);
        Ok(Some(Asking(self, false)))
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

    /// Whether it has an event of this id that it has not begun to answer.
    pub(super) fn may_answer(&self, id: &str) -> Result<(), Refused> {
        let now = self.now();
        match now.given.iter().find(|given| given.id == id) {
            Some(given) if given.tell.is_some() => Ok(()),
            Some(_) => Err(Refused::Answered),
            None if now.last.as_deref() == Some(id) => Err(Refused::Answered),
            None => Err(Refused::UnknownId),
        }
    }

    /// Takes its answer to an event.
    pub(super) fn answer(&self, id: &str, outcome: Outcome) -> Result<(), Refused> {
        self.begin_to_answer(id, outcome)?;
        self.end_of_answer(id);
        Ok(())
    }

    /// Takes the beginning of one, behind which there is more.
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

    /// It has not come back, and counts no more as one that is about to.
    pub(super) fn note_late(&self) {
        if let Some(answered) = &mut self.now().answered {
            answered.seen = true;
        }
    }

    /// It says that it cannot start.
    pub(super) fn fail_to_start(&self, why: Raised) -> Result<(), Refused> {
        let mut now = self.now();
        if now.phase != Phase::Starting {
            return Err(Refused::Started);
        }
        now.phase = Phase::Failed(format!("the function failed: {why}"));
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
        now.phase = Phase::Failed(why);
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

    /// Its process has ended. Whether it ever asked for an event.
    pub(super) fn end(&self, why: &str) -> bool {
        let mut now = self.now();
        now.retired = true;
        for tell in now.given.drain(..).filter_map(|given| given.tell) {
            let _ = tell.send(Err(Failed::Ended(why.to_owned())));
        }
        let was_of_use = now.started;
        if now.phase == Phase::Starting {
            now.phase = Phase::Failed(why.to_owned());
        }
        self.tell_of(now);
        was_of_use
    }

    /// Nobody who is told may find the lock taken.
    fn tell_of(&self, now: MutexGuard<'_, Now>) {
        drop(now);
        self.changed.send_replace(());
    }

    /// Neither value is ever half changed.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that waits for an event, until this is dropped.
struct Asking<'a>(&'a Worker, bool);

impl Asking<'_> {
    /// It has got one.
    fn done(mut self, now: &mut Now) {
        now.asking -= 1;
        self.1 = true;
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.1 {
            let mut now = self.0.now();
            now.asking -= 1;
            self.0.tell_of(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::lambda::invocation::Reply;
    use bytes::Bytes;

    /// A process that has events, for each of which it has so long.
    async fn with_events(times: &[Duration]) -> (Worker, Vec<String>) {
        let worker = Worker::new(Arc::default(), times.len());
        let mut ids = Vec::new();
        for time in times {
            let event = Event::new(Bytes::new()).unwrap();
            let (invocation, outcome) = Invocation::new(event);
            worker.queue.push(invocation).unwrap();
            let (event, _) = worker.next(*time).await.unwrap();
            ids.push(event.id);
            // Nobody waits for it.
            drop(outcome);
        }
        (worker, ids)
    }

    fn answered(worker: &Worker, id: &str) -> Result<(), Refused> {
        worker.may_answer(id)?;
        worker.answer(id, Ok(Reply::Whole(Bytes::new())))
    }

    #[tokio::test]
    async fn an_answer_behind_its_deadline_is_of_no_event() {
        let (worker, ids) = with_events(&[Duration::ZERO, Duration::from_secs(60)]).await;
        assert!(!worker.time_out(&ids[0]), "it has another");
        assert_eq!(answered(&worker, &ids[0]), Err(Refused::UnknownId));
        assert_eq!(answered(&worker, &ids[1]), Ok(()));
        // It gets no more, and is to be ended.
        let over = worker.due(Duration::from_secs(60));
        assert!(matches!(over, Due::Over(_)), "{over:?}");
    }

    #[tokio::test]
    async fn an_event_has_one_answer() {
        let minute = Duration::from_secs(60);
        let (worker, ids) = with_events(&[minute, minute]).await;
        assert_eq!(answered(&worker, &ids[0]), Ok(()));
        assert_eq!(answered(&worker, &ids[0]), Err(Refused::Answered));
        let begun = Ok(Reply::Whole(Bytes::new()));
        worker.begin_to_answer(&ids[1], begun).unwrap();
        assert_eq!(worker.may_answer(&ids[1]), Err(Refused::Answered));
        worker.end_of_answer(&ids[1]);
        assert_eq!(worker.may_answer(&ids[1]), Err(Refused::Answered));
        assert_eq!(worker.may_answer(&ids[0]), Err(Refused::UnknownId));
    }
}
