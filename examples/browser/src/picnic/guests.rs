//! The guests, and their sessions.

use super::fits;
use crate::error::PicnicError;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How many guests there may be.
const GUESTS: usize = 1000;

/// How many sessions there may be. One more ends the oldest.
const SESSIONS: usize = 1000;

/// Who comes.
#[derive(Debug, Default)]
pub struct Guests(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By their names. In the clear, since they are made up: keep hashes of real ones.
    passwords: HashMap<String, String>,
    /// The oldest first.
    sessions: VecDeque<Open>,
}

#[derive(Debug)]
struct Open {
    key: String,
    guest: String,
    /// Dropped when the session ends, which those who wait for it hear.
    ending: watch::Sender<()>,
}

/// A guest who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// The guest's name.
    pub guest: String,
    ending: watch::Receiver<()>,
}

impl Session {
    /// Ready once the guest has signed out: streams end with the session that they were opened in.
    pub async fn ended(&mut self) {
        // Nothing is ever sent: it ends when the sender is gone.
        while self.ending.changed().await.is_ok() {}
    }
}

impl Guests {
    /// Adds a guest.
    ///
    /// # Errors
    ///
    /// Where the name is taken, name or password are no such, or there are too many guests.
    pub fn join(&self, name: &str, password: &str) -> Result<(), PicnicError> {
        if !fits(name, 30) || name.trim() != name {
            return Err(PicnicError::InvalidName);
        }
        if !fits(password, 100) {
            return Err(PicnicError::InvalidPassword);
        }
        let mut state = self.state();
        if state.passwords.contains_key(name) {
            return Err(PicnicError::NameTaken(name.to_owned()));
        }
        if state.passwords.len() >= GUESTS {
            return Err(PicnicError::TooManyGuests);
        }
        state.passwords.insert(name.to_owned(), password.to_owned());
        Ok(())
    }

    /// Opens a session under `key`.
    ///
    /// # Errors
    ///
    /// Where name or password are wrong.
    pub fn sign_in(&self, name: &str, password: &str, key: &str) -> Result<(), PicnicError> {
        let mut state = self.state();
        if state
            .passwords
            .get(name)
            .is_none_or(|right| right != password)
        {
            return Err(PicnicError::WrongNameOrPassword);
        }
        if state.sessions.len() >= SESSIONS {
            state.sessions.pop_front();
        }
        state.sessions.push_back(Open {
            key: key.to_owned(),
            guest: name.to_owned(),
            ending: watch::Sender::new(()),
        });
        Ok(())
    }

    /// Ends a session, and the streams that were opened in it.
    pub fn sign_out(&self, key: &str) {
        self.state().sessions.retain(|open| open.key != key);
    }

    /// The session of a key.
    pub fn session(&self, key: &str) -> Option<Session> {
        let state = self.state();
        let open = state.sessions.iter().find(|open| open.key == key)?;
        Some(Session {
            guest: open.guest.clone(),
            ending: open.ending.subscribe(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
