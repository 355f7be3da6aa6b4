//! The list of things to bring.

use super::fits;
use crate::error::PicnicError;
use crate::messages::picnic::v1::{Change, Thing, change};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// How many things may be on it.
const THINGS: usize = 50;

/// What the guests bring.
#[derive(Debug)]
pub struct List {
    state: Mutex<State>,
    changes: broadcast::Sender<Change>,
}

#[derive(Debug, Default)]
struct State {
    last_id: i64,
    things: BTreeMap<i64, Thing>,
}

impl Default for List {
    fn default() -> Self {
        List {
            state: Mutex::default(),
            changes: broadcast::Sender::new(64),
        }
    }
}

impl List {
    /// Everything on it, the oldest first.
    pub fn things(&self) -> Vec<Thing> {
        self.state().things.values().cloned().collect()
    }

    /// Everything that happens from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Adds a thing.
    ///
    /// # Errors
    ///
    /// Where it is there already, has no name, or the list is full.
    pub fn add(&self, name: &str) -> Result<Thing, PicnicError> {
        if !fits(name, 60) {
            return Err(PicnicError::InvalidThing);
        }
        let name = name.trim();
        let mut state = self.state();
        let lower = name.to_lowercase();
        if let Some(thing) = state
            .things
            .values()
            .find(|thing| thing.name.to_lowercase() == lower)
        {
            return Err(PicnicError::AlreadyListed(thing.name.to_string()));
        }
        if state.things.len() >= THINGS {
            return Err(PicnicError::ListFull);
        }
        state.last_id += 1;
        let thing = Thing {
            id: state.last_id,
            name: name.into(),
            brought_by: None,
        };
        self.put(&mut state, thing.clone());
        Ok(thing)
    }

    /// Notes that a guest brings a thing, or does so no longer.
    ///
    /// # Errors
    ///
    /// Where there is no such thing, or another guest brings it.
    pub fn bring(&self, id: i64, guest: &str, bring: bool) -> Result<(), PicnicError> {
        let mut state = self.state();
        let mut thing = state.of(id)?;
        match thing.brought_by.as_deref() {
            Some(other) if other != guest => {
                return Err(PicnicError::BroughtByAnother(other.to_owned()));
            }
            _ => thing.brought_by = bring.then(|| guest.into()),
        }
        self.put(&mut state, thing);
        Ok(())
    }

    /// Takes a thing off the list. One that is gone already is as good as removed.
    ///
    /// # Errors
    ///
    /// Where another guest brings it.
    pub fn remove(&self, id: i64, guest: &str) -> Result<(), PicnicError> {
        let mut state = self.state();
        let Ok(thing) = state.of(id) else {
            return Ok(());
        };
        if let Some(other) = thing.brought_by.filter(|other| *other != guest) {
            return Err(PicnicError::BroughtByAnother(other.to_string()));
        }
        state.things.remove(&id);
        self.tell(change::Change::Removed(id));
        Ok(())
    }

    fn put(&self, state: &mut State, thing: Thing) {
        state.things.insert(thing.id, thing.clone());
        self.tell(change::Change::Put(thing));
    }

    /// Tells those who watch, while the list is locked: they learn of changes in their order.
    fn tell(&self, change: change::Change) {
        // Nobody may be watching.
        let _ = self.changes.send(Change {
            change: Some(change),
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn of(&self, id: i64) -> Result<Thing, PicnicError> {
        let thing = self.things.get(&id);
        thing.cloned().ok_or(PicnicError::UnknownThing)
    }
}
