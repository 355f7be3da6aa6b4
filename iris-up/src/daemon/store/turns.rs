//! Turns: whoever makes something of a hash has it alone, and who wants the same waits.

use crate::hash::Hash;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Waiting, OwnedMutexGuard};

/// One for each hash of which something is being made.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<Hash, Arc<Waiting<()>>>>>);

/// Until this is dropped it is nobody else's turn.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits until nobody else has it.
    pub(super) async fn take(&self, hash: &Hash) -> Turn {
        let turn = self.all().entry(hash.clone()).or_default().clone();
        turn.lock_owned().await
    }

    /// Whether somebody has it, or waits for it.
    pub(super) fn is_taken(&self, hash: &Hash) -> bool {
        self.all().contains_key(hash)
    }

    /// Those that somebody has or waits for.
    fn all(&self) -> MutexGuard<'_, HashMap<Hash, Arc<Waiting<()>>>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns
    }
}
