//! Events that nobody waits for: kept in the registry until a function has answered them.
//!
//! An event is given to a function at least once: where the daemon is killed after the function has answered and before
//! that is kept, it is given to it once more.
//!
//! | to read | |
//! |---|---|
//! | `waiting` | which events there are, and which are due |
//! | `delivery` | one event on its way to a function, and what comes of it |
//! | `retries` | how often and when a function is given what it failed at |
//! | `schedule` | events that come by themselves |

mod delivery;
mod retries;
pub(crate) mod schedule;
mod waiting;

use super::Failure;
use super::apps::{Apps, to_its_end};
use super::event::Event;
use super::store::Store;
use super::store::events::EventRecord;
use crate::error::UpError;
use crate::messages::iris::up::v1::{EventState, EventsResponse, FunctionError, QueuedEvent};
use crate::name::AppName;
use prost_types::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use waiting::{Most, Stage, Waiting};

/// The most bytes of an event that nobody waits for: 1 MiB, AWS Lambda's quota.
const LARGEST: usize = 1024 * 1024;

/// How many events of one app are kept, dead ones included, and how many bytes of them: 1 GiB.
const MOST: Most = Most {
    events: 10_000,
    bytes: 1024 * 1024 * 1024,
};

/// How many are listed at once.
const LISTED: usize = 1_000;

/// How long an event may wait before it is given to a function the first time.
const LONGEST_DELAY: Duration = Duration::from_secs(366 * 24 * 3600);

/// The events that nobody waits for.
#[derive(Debug)]
pub(crate) struct Events {
    store: Store,
    apps: Arc<Apps>,
    waiting: Mutex<Waiting>,
    /// Something may be due.
    more: Notify,
    ending: watch::Sender<bool>,
    running: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl Events {
    /// Takes up what is kept, and begins to give events to functions.
    pub(crate) async fn open(store: Store, apps: Arc<Apps>) -> Result<Arc<Events>, Failure> {
        let mut waiting = Waiting::default();
        for record in store.all_events().await? {
            waiting.put(record);
        }
        let events = Arc::new(Events {
            store,
            apps,
            waiting: Mutex::new(waiting),
            more: Notify::new(),
            ending: watch::Sender::new(false),
            running: Mutex::new(None),
        });
        let running = tokio::spawn(events.clone().run());
        *events
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(events)
    }

    /// Keeps an event. It is there for good when this returns. One of an id that is known is the same event.
    pub(crate) async fn enqueue(
        self: &Arc<Self>,
        name: &AppName,
        event: Event,
        delay: Duration,
    ) -> Result<(), UpError> {
        let (events, name) = (self.clone(), name.clone());
        to_its_end(async move { events.keep(&name, event, delay).await }).await
    }

    async fn keep(&self, name: &AppName, event: Event, delay: Duration) -> Result<(), UpError> {
        // Whether it takes events at all.
        self.apps.find(name)?.takes_events()?;
        if event.payload.len() > LARGEST {
            return Err(UpError::EventTooLarge(event.payload.len()));
        }
        if delay > LONGEST_DELAY {
            return Err(UpError::InvalidSettings(
                "an event waits for a year at most".to_owned(),
            ));
        }
        // Those that are being kept right now are counted, too.
        let bytes = event.payload.len() as u64;
        let Some(room) = self.waiting().room(name, bytes, MOST) else {
            return Err(UpError::TooManyEvents(name.to_string()));
        };
        let created = now();
        let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        let record = EventRecord {
            id: event.id.clone(),
            name: name.clone(),
            created,
            due: created.saturating_add(delay),
            attempts: 0,
            refusals: 0,
            error: Default::default(),
            dead: false,
            size: i64::try_from(event.payload.len()).unwrap_or(i64::MAX),
        };
        let added = self.store.add_event(record.clone(), &event).await;
        let mut waiting = self.waiting();
        waiting.leave(room);
        if added? {
            waiting.put(record);
            drop(waiting);
            self.more.notify_one();
            return Ok(());
        }
        drop(waiting);
        // One of the same id is there, or the app is not.
        match self.apps.find(name)?.version() {
            Some(_) => Ok(()),
            None => Err(UpError::NotYet(name.to_string())),
        }
    }

    /// Those of an app, the first due first.
    pub(crate) fn list(&self, name: &AppName, dead: bool) -> EventsResponse {
        let waiting = self.waiting();
        let mut events: Vec<(&EventRecord, Stage)> = waiting
            .of(name)
            .filter(|(_, stage)| *stage == Stage::Dead || !dead)
            .collect();
        events.sort_by_key(|(event, _)| (event.due, event.created));
        EventsResponse {
            total: events.len() as u64,
            events: events.into_iter().take(LISTED).map(described).collect(),
        }
    }

    /// Gives a function a dead event anew, as if it had just come.
    pub(crate) async fn replay(self: &Arc<Self>, name: &AppName, id: &str) -> Result<(), UpError> {
        let (events, name, id) = (self.clone(), name.clone(), id.to_owned());
        to_its_end(async move { events.renew(&name, &id).await }).await
    }

    async fn renew(&self, name: &AppName, id: &str) -> Result<(), UpError> {
        let taken = self.waiting().take_dead(name, id);
        let Some(mut record) = taken else {
            return Err(UpError::UnknownEvent(id.to_owned()));
        };
        let before = record.clone();
        (record.created, record.due) = (now(), now());
        (record.attempts, record.refusals, record.dead) = (0, 0, false);
        let changed = self.store.change_event(record.clone()).await;
        self.waiting()
            .put(if changed.is_ok() { record } else { before });
        self.more.notify_one();
        Ok(changed?)
    }

    /// Forgets an event that is not on its way to a function right now.
    pub(crate) async fn discard(self: &Arc<Self>, name: &AppName, id: &str) -> Result<(), UpError> {
        let (events, name, id) = (self.clone(), name.clone(), id.to_owned());
        to_its_end(async move { events.drop_event(&name, &id).await }).await
    }

    async fn drop_event(&self, name: &AppName, id: &str) -> Result<(), UpError> {
        let (taken, runs) = {
            let mut waiting = self.waiting();
            (waiting.take(name, id), waiting.runs(name, id))
        };
        let Some(record) = taken else {
            return Err(match runs {
                true => UpError::EventRuns(id.to_owned()),
                false => UpError::UnknownEvent(id.to_owned()),
            });
        };
        let removed = self.store.remove_event(id).await;
        if removed.is_err() {
            self.waiting().put(record);
        }
        Ok(removed?)
    }

    /// Gives events to functions until it is told to end, and lets those end that are on their way.
    async fn run(self: Arc<Self>) {
        let mut ending = self.ending.subscribe();
        let mut changed = self.apps.changed();
        let mut under_way = JoinSet::new();
        let schedules = tokio::spawn(schedule::run(self.clone(), self.apps.clone()));
        loop {
            let (due, next) = self.waiting().due(now());
            for record in due {
                under_way.spawn(self.clone().deliver(record));
            }
            tokio::select! {
                () = self.more.notified() => {}
                () = tokio::time::sleep(until(next)) => {}
                Some(_) = under_way.join_next() => {}
                // The sender is the apps' own.
                _ = changed.changed() => {
                    self.waiting().retain(|name| self.apps.find(name).is_ok());
                }
                _ = ending.wait_for(|ending| *ending) => break,
            }
        }
        schedules.abort();
        while under_way.join_next().await.is_some() {}
    }

    /// Begins no more, and waits for what is on its way. What is not done then is done by the next daemon.
    pub(crate) async fn stop(&self) {
        self.ending.send_replace(true);
        let running = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.take()
        };
        if let Some(running) = running {
            let _ = running.await;
        }
    }

    /// Neither record is ever half changed.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn described((event, stage): (&EventRecord, Stage)) -> QueuedEvent {
    let (kind, message) = event.error.clone();
    QueuedEvent {
        request_id: event.id.clone(),
        name: event.name.to_string(),
        created: Some(timestamp(event.created)),
        due: Some(timestamp(event.due)),
        attempts: event.attempts,
        error: (!kind.is_empty()).then_some(FunctionError {
            r#type: kind,
            message,
        }),
        dead: event.dead,
        size: event.size.unsigned_abs(),
        state: match stage {
            Stage::Waiting => EventState::Waiting,
            Stage::Running => EventState::Running,
            Stage::Dead => EventState::Dead,
        }
        .into(),
    }
}

fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp {
        seconds: milliseconds.div_euclid(1000),
        nanos: i32::try_from(milliseconds.rem_euclid(1000)).unwrap_or(0) * 1_000_000,
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// How long it is until then. The clock may be set meanwhile, so that nobody waits for more than a minute at once.
fn until(then: Option<i64>) -> Duration {
    let wait = then.map(|then| then.saturating_sub(now()).max(0).unsigned_abs());
    Duration::from_millis(wait.unwrap_or(u64::MAX)).min(Duration::from_secs(60))
}
