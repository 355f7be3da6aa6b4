//! One event on its way to a function, and what comes of it.

use super::retries::{Next, Retries};
use super::{Events, now};
use crate::daemon::Failure;
use crate::daemon::event::Event;
use crate::daemon::store::events::EventRecord;
use crate::error::UpError;
use crate::messages::iris::up::v1::InvokeResponse;
use crate::name::AppName;
use std::sync::Arc;
use std::time::Duration;

/// After how long what could not be kept is tried again: the disk may be full.
const AGAIN: Duration = Duration::from_secs(10);

impl Events {
    /// Gives an event to its function, and keeps what comes of it.
    pub(super) async fn deliver(self: Arc<Self>, record: EventRecord) {
        let (name, id) = (record.name.clone(), record.id.clone());
        let left = match self.delivered(record.clone()).await {
            Ok(left) => left,
            Err(failure) => {
                tracing::error!(event = %record.id, app = %name, %failure, "an event is tried again");
                let again = i64::try_from(AGAIN.as_millis()).unwrap_or(i64::MAX);
                Some(EventRecord {
                    due: now().saturating_add(again),
                    ..record
                })
            }
        };
        self.waiting().came_back(&name, &id, left);
        self.more.notify_one();
    }

    /// What is left of it; `None` where it is done.
    async fn delivered(&self, record: EventRecord) -> Result<Option<EventRecord>, Failure> {
        let id = record.id.clone();
        let Some(event) = self.store.event(&id).await? else {
            return Ok(None);
        };
        let outcome = self.invoked(&record.name, event).await;
        if matches!(outcome, Err(UpError::UnknownApp(_))) {
            self.store.remove_event(&id).await?;
            return Ok(None);
        }
        let settings = self.apps.find(&record.name).ok();
        let settings = settings.map(|app| app.settings()).unwrap_or_default();
        let retries = Retries::of(&settings).map_err(|why| Failure::during(&record.name, why))?;
        match retries.next(record, outcome, now()) {
            Next::Done => {
                self.store.remove_event(&id).await?;
                Ok(None)
            }
            Next::Kept(record) => {
                self.store.change_event(record.clone()).await?;
                if record.dead {
                    let (kind, message) = &record.error;
                    tracing::warn!(event = %record.id, app = %record.name, kind, message, "an event is dead");
                }
                Ok(Some(record))
            }
        }
    }

    async fn invoked(&self, name: &AppName, event: Event) -> Result<InvokeResponse, UpError> {
        let (instance, entered) = self.apps.enter(name, None)?;
        instance.invoke(entered, event).await?.whole().await
    }
}
