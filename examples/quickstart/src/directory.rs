//! Where users are kept: in memory, this is an example.

use crate::messages::users::v1::{User, UserEvent, user_event::Event};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// Users, their passwords and their sessions.
#[derive(Debug)]
pub struct Directory {
    state: Mutex<State>,
    events: broadcast::Sender<UserEvent>,
}

#[derive(Debug, Default)]
struct State {
    last_id: i64,
    users: BTreeMap<i64, User>,
    /// In the clear, since they are made up. Keep hashes of real ones.
    passwords: HashMap<String, String>,
    /// The user of each session.
    sessions: HashMap<String, i64>,
}

impl Directory {
    /// A directory with one administrator.
    pub fn with_admin(name: &str, password: &str) -> Self {
        let directory = Directory {
            state: Mutex::default(),
            events: broadcast::Sender::new(64),
        };
        directory.create(name, "", password, true);
        directory
    }

    /// Adds a user; `None` where the name is taken.
    pub fn create(&self, name: &str, email: &str, password: &str, admin: bool) -> Option<User> {
        let mut state = self.state();
        if state.passwords.contains_key(name) {
            return None;
        }
        state.last_id += 1;
        let user = User {
            id: state.last_id,
            name: name.into(),
            email: email.into(),
            admin,
        };
        state.users.insert(user.id, user.clone());
        state.passwords.insert(name.to_owned(), password.to_owned());
        self.tell(Event::Created(user.clone()));
        Some(user)
    }

    /// Removes a user, if there is one.
    pub fn delete(&self, id: i64) {
        let mut state = self.state();
        if let Some(user) = state.users.remove(&id) {
            state.passwords.remove(&user.name);
            self.tell(Event::Deleted(id));
        }
    }

    /// Opens a session under `key` where name and password are right.
    pub fn sign_in(&self, name: &str, password: &str, key: &str) -> Option<User> {
        let mut state = self.state();
        let known = state
            .passwords
            .get(name)
            .is_some_and(|right| right == password);
        let user = state
            .users
            .values()
            .find(|user| known && &*user.name == name)?
            .clone();
        state.sessions.insert(key.to_owned(), user.id);
        Some(user)
    }

    /// The user of a session.
    pub fn user_of(&self, key: &str) -> Option<User> {
        let state = self.state();
        state.users.get(state.sessions.get(key)?).cloned()
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<UserEvent> {
        self.events.subscribe()
    }

    fn tell(&self, event: Event) {
        // Nobody may be watching.
        let _ = self.events.send(UserEvent { event: Some(event) });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
