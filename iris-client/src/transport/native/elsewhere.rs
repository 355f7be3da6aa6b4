//! Which address, and which connection, a request is for.

use super::address::Address;
use super::load::Load;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the attempts at a call were sent to, each of which prefers to go elsewhere: an extension of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elsewhere(Arc<Mutex<Vec<Arc<Load>>>>);

impl Elsewhere {
    /// What was used until now.
    pub(super) fn used(&self) -> Vec<Arc<Load>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn note(&self, used: &Arc<Load>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_used(&known, used) {
            known.push(used.clone());
        }
    }
}

/// Whether it is one of those.
pub(super) fn is_used(used: &[Arc<Load>], load: &Arc<Load>) -> bool {
    used.iter().any(|used| Arc::ptr_eq(used, load))
}

/// The one address that a request is for: an extension of it.
#[derive(Clone)]
pub(crate) struct Pinned(pub(super) Arc<Address>);

impl Pinned {
    /// What the server at the address says of itself.
    pub(crate) fn set_serving(&self, serving: bool) {
        self.0.standing.set_serving(serving);
    }
}
