//! Programs, and what they show.

use crate::daemon::Failure;
use crate::daemon::store::Store;
use crate::daemon::store::access::TokenRecord;
use crate::error::UpError;
use crate::messages::iris::up::v1::{CreateTokenRequest, Scope, Token};
use crate::name::AppName;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost_types::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq;

/// What a token begins with, so that tools that look for secrets know one.
const PREFIX: &str = "irisup_";

/// The most bytes of a token's name.
const LONGEST_NAME: usize = 100;

/// Those that are good.
#[derive(Debug)]
pub(crate) struct Tokens {
    store: Store,
    known: Mutex<BTreeMap<String, TokenRecord>>,
}

/// What is known of whoever shows a token.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) apps: BTreeSet<String>,
}

/// A token that was just made. The secret is told once, and kept nowhere.
#[derive(Debug)]
pub(crate) struct NewToken {
    pub(crate) secret: String,
    pub(crate) token: Token,
}

impl Tokens {
    pub(super) async fn open(store: Store) -> Result<Tokens, Failure> {
        let tokens = store.tokens().await?.into_iter();
        Ok(Tokens {
            store,
            known: Mutex::new(tokens.map(|token| (token.id.clone(), token)).collect()),
        })
    }

    /// Who shows this, where it is good.
    pub(super) fn verify(&self, shown: &str) -> Option<Known> {
        let (id, secret) = shown.strip_prefix(PREFIX)?.split_once('_')?;
        let known = self.known();
        let record = known.get(id)?;
        let right: bool = hashed(secret).ct_eq(&record.secret).into();
        let expired = record.expires.is_some_and(|expires| expires <= now());
        (right && !expired).then(|| Known {
            id: record.id.clone(),
            name: record.name.clone(),
            scopes: scopes(&record.scopes),
            apps: record.apps.iter().cloned().collect(),
        })
    }

    pub(crate) async fn create(&self, request: CreateTokenRequest) -> Result<NewToken, UpError> {
        let apps = request.apps.iter().map(|app| AppName::new(app.clone()));
        let apps = apps.collect::<Result<BTreeSet<_>, _>>()?;
        let scopes = scopes(&request.scopes);
        let whole = scopes.len() == request.scopes.len() && !scopes.is_empty();
        let administers = scopes.contains(&Scope::Administer);
        if !whole || (administers && !apps.is_empty()) {
            return Err(UpError::InvalidScopes);
        }
        if request.name.len() > LONGEST_NAME {
            return Err(UpError::InvalidTokenName);
        }
        let expires = match request.lifetime {
            None => None,
            Some(lifetime) if lifetime.seconds > 0 => Some(now().saturating_add(lifetime.seconds)),
            Some(_) => return Err(UpError::InvalidLifetime),
        };
        let random = |length| {
            let mut bytes = vec![0; length];
            let filled = getrandom::fill(&mut bytes);
            filled.map_err(|error| Failure::during("the system's random", error))?;
            Ok::<_, Failure>(bytes)
        };
        let id: String = random(8)?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let secret = URL_SAFE_NO_PAD.encode(random(32)?);
        let record = TokenRecord {
            secret: hashed(&secret),
            id: id.clone(),
            name: request.name,
            scopes: request.scopes,
            apps: apps.iter().map(ToString::to_string).collect(),
            created: now(),
            expires,
        };
        self.store.add_token(record.clone()).await?;
        let token = described(&record);
        self.known().insert(id.clone(), record);
        Ok(NewToken {
            secret: format!("{PREFIX}{id}_{secret}"),
            token,
        })
    }

    /// It is good no longer.
    pub(crate) async fn remove(&self, id: &str) -> Result<(), UpError> {
        if !self.known().contains_key(id) {
            return Err(UpError::UnknownToken(id.to_owned()));
        }
        self.store.remove_token(id.to_owned()).await?;
        self.known().remove(id);
        Ok(())
    }

    /// All of them, in the order in which they were made.
    pub(crate) fn list(&self) -> Vec<Token> {
        let mut tokens: Vec<Token> = self.known().values().map(described).collect();
        tokens.sort_by_key(|token| token.created.map(|created| created.seconds));
        tokens
    }

    /// No record is ever half changed.
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, TokenRecord>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret has 256 bits that nobody can guess, so that one round of a fast hash is enough.
fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Those that are known.
fn scopes(numbers: &[i32]) -> Vec<Scope> {
    let scopes = numbers
        .iter()
        .filter_map(|number| Scope::try_from(*number).ok());
    scopes
        .filter(|scope| *scope != Scope::Unspecified)
        .collect()
}

fn described(record: &TokenRecord) -> Token {
    let at = |seconds| Timestamp { seconds, nanos: 0 };
    Token {
        id: record.id.clone(),
        name: record.name.clone(),
        scopes: record.scopes.clone(),
        apps: record.apps.clone(),
        created: Some(at(record.created)),
        expires: record.expires.map(at),
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}
