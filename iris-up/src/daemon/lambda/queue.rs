//! Events that wait for a process, in their order.

use super::invocation::{Failed, Invocation};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many events may wait.
const LONGEST: usize = 1_000;

/// Events, and the processes that wait for them.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Invocation>>,
    more: Notify,
}

impl Queue {
    /// Puts an event behind the others.
    pub(super) fn push(&self, invocation: Invocation) -> Result<(), Failed> {
        let mut waiting = self.waiting();
        if waiting.len() >= LONGEST {
            return Err(Failed::Full);
        }
        waiting.push_back(invocation);
        drop(waiting);
        self.more.notify_one();
        Ok(())
    }

    /// Puts an event back that was taken and not given to a function.
    pub(super) fn put_back(&self, invocation: Invocation) {
        self.waiting().push_front(invocation);
        self.more.notify_one();
    }

    /// Waits for an event. Given up, it has taken none.
    pub(super) async fn take(&self) -> Invocation {
        loop {
            if let Some(invocation) = self.next() {
                return invocation;
            }
            self.more.notified().await;
        }
    }

    fn next(&self) -> Option<Invocation> {
        let mut waiting = self.waiting();
        let next = waiting.pop_front();
        if !waiting.is_empty() {
            // Of several events that came at once only one may have been told of.
            self.more.notify_one();
        }
        next
    }

    /// Takes an event out that has waited for too long. Whether it still waited.
    pub(super) fn withdraw(&self, id: &str) -> bool {
        let mut waiting = self.waiting();
        let before = waiting.len();
        waiting.retain(|invocation| invocation.id != id);
        waiting.len() < before
    }

    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }

    /// Tells all of them why nothing comes of them.
    pub(super) fn fail(&self, why: &Failed) {
        for invocation in self.waiting().drain(..) {
            let _ = invocation.tell.send(Err(why.clone()));
        }
    }

    /// Neither end is ever half changed.
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Invocation>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
