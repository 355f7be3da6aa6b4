//! Events that nobody waits for, in the registry: kept until a function has answered them, or somebody discards them.

use super::Store;
use crate::daemon::Failure;
use crate::daemon::event::Event;
use crate::name::AppName;
use rusqlite::{OptionalExtension, Row, params};

/// An event as it is kept, without what is in it. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRecord {
    pub(crate) id: String,
    pub(crate) name: AppName,
    /// When it came; once it was tried, when that could be for the first time.
    pub(crate) created: i64,
    pub(crate) due: i64,
    /// How often the function had it and failed.
    pub(crate) attempts: u32,
    /// How often no function could be given it.
    pub(crate) refusals: u32,
    /// Why it failed the last time: type and message.
    pub(crate) error: (String, String),
    pub(crate) dead: bool,
    /// In bytes.
    pub(crate) size: i64,
}

/// What records are read from.
const COLUMNS: &str =
    "id, name, created, due, attempts, refusals, error_type, error_message, dead, length(payload)";

impl Store {
    /// Keeps an event. `false` where one of the same id is there already, or there is no such app any more.
    pub(crate) async fn add_event(
        &self,
        record: EventRecord,
        event: &Event,
    ) -> Result<bool, Failure> {
        let event = event.clone();
        self.run("keeping an event", move |connection| {
            let added = connection.execute(
                "INSERT OR IGNORE INTO event
                 (id, name, payload, client_context, created, due, attempts, refusals, error_type, error_message, dead)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0, 0, '', '', 0
                 WHERE EXISTS (SELECT 1 FROM app WHERE name = ?2)",
                params![
                    event.id,
                    record.name.as_str(),
                    &event.payload[..],
                    event.client_context,
                    record.created,
                    record.due,
                ],
            )?;
            Ok(added > 0)
        })
        .await
    }

    /// All that there are.
    pub(crate) async fn all_events(&self) -> Result<Vec<EventRecord>, Failure> {
        self.run("reading the events", |connection| {
            let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM event"))?;
            let events = statement.query_map((), record)?;
            events.collect()
        })
        .await
    }

    /// What is in an event; `None` where it is there no longer.
    pub(crate) async fn event(&self, id: &str) -> Result<Option<Event>, Failure> {
        let id = id.to_owned();
        self.run("reading an event", move |connection| {
            let query = "SELECT payload, client_context FROM event WHERE id = ?1";
            let read = connection.query_row(query, [&id], |row| {
                let payload = row.get::<_, Vec<u8>>(0)?;
                Ok(Event {
                    client_context: row.get(1)?,
                    ..Event::of(id.clone(), payload.into())
                })
            });
            read.optional()
        })
        .await
    }

    /// Keeps what came of an attempt.
    pub(crate) async fn change_event(&self, record: EventRecord) -> Result<(), Failure> {
        self.run("keeping what came of an event", move |connection| {
            connection.execute(
                "UPDATE event SET due = ?2, attempts = ?3, refusals = ?4, error_type = ?5, error_message = ?6, dead = ?7,
                 created = ?8
                 WHERE id = ?1",
                params![
                    record.id,
                    record.due,
                    record.attempts,
                    record.refusals,
                    record.error.0,
                    record.error.1,
                    record.dead,
                    record.created,
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Forgets an event.
    pub(crate) async fn remove_event(&self, id: &str) -> Result<(), Failure> {
        let id = id.to_owned();
        self.run("removing an event", move |connection| {
            connection.execute("DELETE FROM event WHERE id = ?1", [id])?;
            Ok(())
        })
        .await
    }
}

fn record(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    let name = AppName::new(row.get::<_, String>(1)?);
    Ok(EventRecord {
        id: row.get(0)?,
        name: name.map_err(super::invalid)?,
        created: row.get(2)?,
        due: row.get(3)?,
        attempts: row.get(4)?,
        refusals: row.get(5)?,
        error: (row.get(6)?, row.get(7)?),
        dead: row.get(8)?,
        size: row.get(9)?,
    })
}
