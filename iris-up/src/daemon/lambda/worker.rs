//! One process of a function, as far as events go.

use super::invocation::{Failed, Invocation, Outcome};
use super::queue::Queue;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

/// What a process does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phase {
    /// It has not asked for an event yet.
    Starting,
    /// It has nothing to do.
    Idle { since: Instant },
    /// It has an event, and has to answer until then.
    Busy { until: Instant },
    /// It said that it cannot start, and why.
    Failed(String),
}

/// One process.
#[derive(Debug)]
pub(super) struct Worker {
    queue: Arc<Queue>,
    now: Mutex<Now>,
    phase: watch::Sender<Phase>,
}

#[derive(Debug, Default)]
struct Now {
    /// The event that it has.
    given: Option<Given>,
    /// It gets no more events.
    retired: bool,
    /// Whether it has asked for an event, ever.
    started: bool,
}

/// An event that a process has.
#[derive(Debug)]
struct Given {
    id: String,
    /// Who waits for the outcome; `None` once that has begun to come.
    tell: Option<oneshot::Sender<Outcome>>,
}

/// What a process may not do right now.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It has an event that it has not answered.
    Busy,
    /// It has no event of this id.
    UnknownId,
    /// It gets no more.
    Retired,
}

impl Worker {
    pub(super) fn new(queue: Arc<Queue>) -> Worker {
        Worker {
            queue,
            now: Mutex::default(),
            phase: watch::Sender::new(Phase::Starting),
        }
    }

    pub(super) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Waits until it has asked for an event.
    ///
    /// # Errors
    ///
    /// Why it does not come to that.
    pub(super) async fn started(&self) -> Result<(), String> {
        let mut phase = self.phase();
        let settled = phase.wait_for(|phase| *phase != Phase::Starting).await;
        match settled.as_deref() {
            Ok(Phase::Failed(why)) => Err(why.clone()),
            Ok(_) => Ok(()),
            // The sender is here.
            Err(_) => Err("it is gone".to_owned()),
        }
    }

    /// Whether an event that waits now may become its own.
    pub(super) fn is_free(&self) -> bool {
        !matches!(*self.phase.borrow(), Phase::Busy { .. } | Phase::Failed(_))
    }

    pub(super) fn is_busy(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Busy { .. })
    }

    /// Gives it the next event, once there is one, and so long for it.
    pub(super) async fn next(&self, time: Duration) -> Result<(String, Bytes), Refused> {
        {
            let mut now = self.now();
            if now.retired {
                return Err(Refused::Retired);
            }
            if now.given.is_some() {
                return Err(Refused::Busy);
            }
            now.started = true;
        }
        let since = Instant::now();
        self.phase.send_if_modified(|phase| {
            let starting = *phase == Phase::Starting;
            if starting {
                *phase = Phase::Idle { since };
            }
            starting
        });
        let Invocation { id, event, tell } = self.queue.take().await;
        let mut now = self.now();
        if now.retired || now.given.is_some() {
            let refused = match now.retired {
                true => Refused::Retired,
                false => Refused::Busy,
            };
            self.queue.put_back(Invocation { id, event, tell });
            return Err(refused);
        }
        now.given = Some(Given {
            id: id.clone(),
            tell: Some(tell),
        });
        let until = Instant::now() + time;
        self.phase.send_replace(Phase::Busy { until });
        Ok((id, event))
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
        let given = now.given.as_mut().filter(|given| given.id == id);
        let tell = given.and_then(|given| given.tell.take());
        // Whoever waited for it may have gone.
        let _ = tell.ok_or(Refused::UnknownId)?.send(outcome);
        Ok(())
    }

    /// That was all: it may have another event.
    pub(super) fn end_of_answer(&self, id: &str) {
        let mut now = self.now();
        if now.given.take_if(|given| given.id == id).is_some() {
            let since = Instant::now();
            self.phase.send_replace(Phase::Idle { since });
        }
    }

    /// It says that it cannot start.
    pub(super) fn fail_to_start(&self, why: String) {
        self.phase.send_replace(Phase::Failed(why));
    }

    /// It gets no more events. `false` where it has one.
    pub(super) fn retire(&self) -> bool {
        let mut now = self.now();
        now.retired = now.given.is_none();
        now.retired
    }

    /// Its time for its event is over.
    pub(super) fn time_out(&self) {
        self.lose(Failed::TimedOut);
    }

    fn lose(&self, why: Failed) {
        let mut now = self.now();
        now.retired = true;
        if let Some(tell) = now.given.take().and_then(|given| given.tell) {
            let _ = tell.send(Err(why));
        }
    }

    /// Its process has ended. Whether it ever asked for an event.
    pub(super) fn end(&self, why: &str) -> bool {
        self.lose(Failed::Ended(why.to_owned()));
        self.phase.send_if_modified(|phase| {
            let starting = *phase == Phase::Starting;
            if starting {
                *phase = Phase::Failed(why.to_owned());
            }
            starting
        });
        self.now().started
    }

    /// Neither value is ever half changed.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
