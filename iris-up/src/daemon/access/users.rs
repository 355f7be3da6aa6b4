//! People, and their passwords.

use super::password::Hashed;
use crate::daemon::Failure;
use crate::daemon::store::access::UserRecord;
use crate::daemon::store::{self, Store};
use crate::error::UpError;
use crate::messages::iris::up::v1::{User, set_password_request::Secret};
use prost_types::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The most characters of a name.
const LONGEST_NAME: usize = 64;

/// The fewest bytes of a password, and the most.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=1024;

/// How many passwords are verified at a time: each takes a core and 19 MiB.
const AT_ONCE: usize = 2;

/// How many wait for that.
const WAITING: usize = 64;

/// How long a password that was right is known to be right without being hashed again.
const REMEMBERED: Duration = Duration::from_secs(300);

/// How many are.
const MOST_REMEMBERED: usize = 1_000;

/// Those who have a password.
#[derive(Debug)]
pub(crate) struct Users {
    store: Store,
    known: Mutex<Known>,
    /// What passwords are remembered by has to be worth nothing outside of this process.
    key: [u8; 32],
    /// Those who hash.
    turns: Arc<Semaphore>,
    /// Those who do, or wait for it.
    places: Semaphore,
}

#[derive(Debug, Default)]
struct Known {
    users: BTreeMap<String, UserRecord>,
    remembered: HashMap<[u8; 32], Instant>,
}

impl Known {
    /// Whether a user is as he was.
    fn has(&self, user: &UserRecord) -> bool {
        let known = self.users.get(&user.name);
        known.is_some_and(|known| known.hashed == user.hashed)
    }
}

impl Users {
    pub(super) async fn open(store: Store) -> Result<Users, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| Failure::during("the system's random", error))?;
        let users = store.users().await?.into_iter();
        Ok(Users {
            known: Mutex::new(Known {
                users: users.map(|user| (user.name.clone(), user)).collect(),
                remembered: HashMap::new(),
            }),
            store,
            key,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Semaphore::new(AT_ONCE + WAITING),
        })
    }

    /// Whether there is such a user with this password. A user that there is not takes as long.
    pub(super) async fn verify(&self, name: &str, password: &str) -> Result<bool, UpError> {
        let print = self.print(name, password);
        let user = {
            let known = self.known();
            let remembered = known.remembered.get(&print);
            if remembered.is_some_and(|since| since.elapsed() < REMEMBERED) {
                return Ok(true);
            }
            known.users.get(name).cloned()
        };
        if password.len() > *LENGTHS.end() {
            return Ok(false);
        }
        let hashed = match &user {
            Some(user) => user.hashed.clone(),
            None => nobodys()?,
        };
        let right = {
            let password = password.to_owned();
            self.hashing(move || Ok(hashed.verify(&password))).await?
        };
        let Some(user) = user.filter(|_| right) else {
            return Ok(false);
        };
        if user.hashed.is_bcrypt() {
            // What was made elsewhere is made anew now that the password is known.
            let password = password.to_owned();
            let hashed = self.hashing(move || Hashed::of(&password)).await?;
            if let Some(renewed) = self.store.renew_user(&user, hashed).await? {
                let mut known = self.known();
                if known.has(&user) {
                    known.users.insert(renewed.name.clone(), renewed);
                }
            }
            return Ok(true);
        }
        let mut known = self.known();
        // It may have been changed meanwhile: what was right then is right no longer.
        if known.has(&user) {
            if known.remembered.len() >= MOST_REMEMBERED {
                known.remembered.clear();
            }
            known.remembered.insert(print, Instant::now());
        }
        Ok(true)
    }

    /// Gives a user a password, or makes one that has it.
    pub(crate) async fn set(&self, name: String, secret: Secret) -> Result<(), UpError> {
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
        if !fits || name.chars().any(|char| char == ':' || char.is_control()) {
            return Err(UpError::InvalidUser(name));
        }
        let hashed = match secret {
            Secret::Hash(hash) => Hashed::parse(&hash).ok_or(UpError::InvalidPasswordHash)?,
            Secret::Password(password) => {
                if !LENGTHS.contains(&password.len()) {
                    return Err(UpError::InvalidPassword);
                }
                self.hashing(move || Hashed::of(&password)).await?
            }
        };
        Ok(self.keep(name, hashed).await?)
    }

    async fn keep(&self, name: String, hashed: Hashed) -> Result<(), Failure> {
        let record = self.store.set_user(name, hashed).await?;
        let mut known = self.known();
        known.users.insert(record.name.clone(), record);
        known.remembered.clear();
        Ok(())
    }

    /// Forgets one.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), UpError> {
        if !self.known().users.contains_key(name) {
            return Err(UpError::UnknownUser(name.to_owned()));
        }
        self.store.remove_user(name.to_owned()).await?;
        let mut known = self.known();
        known.users.remove(name);
        known.remembered.clear();
        Ok(())
    }

    /// All of them, by their names.
    pub(crate) fn list(&self) -> Vec<User> {
        let known = self.known();
        let users = known.users.values().map(|user| User {
            name: user.name.clone(),
            changed: Some(Timestamp {
                seconds: user.changed,
                nanos: 0,
            }),
        });
        users.collect()
    }

    /// What takes a while, where few do so at once.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, UpError> {
        // More than these would wait for longer than a caller does.
        let place = self.places.try_acquire();
        let _place = place.map_err(|_| UpError::TooManyAttempts)?;
        let turn = self.turns.clone().acquire_owned().await;
        let hashed = store::blocking(move || {
            // Whoever asked for it may be gone: it takes its time all the same.
            let _turn = turn;
            work()
        });
        Ok(hashed.await?)
    }

    fn print(&self, name: &str, password: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.key);
        digest.update(name.len().to_le_bytes());
        digest.update(name);
        digest.update(password);
        digest.finalize().into()
    }

    /// Neither map is ever half changed.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hash of a password that nobody has.
fn nobodys() -> Result<Hashed, Failure> {
    static HASHED: OnceLock<Hashed> = OnceLock::new();
    if let Some(hashed) = HASHED.get() {
        return Ok(hashed.clone());
    }
    let mut password = [0; 16];
    getrandom::fill(&mut password)
        .map_err(|error| Failure::during("the system's random", error))?;
    let password: String = password.iter().map(|byte| format!("{byte:02x}")).collect();
    let hashed = Hashed::of(&password)?;
    Ok(HASHED.get_or_init(|| hashed).clone())
}
