//! Events that wait for a process, in their order.

use super::invocation::{Failed, Invocation};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many events may wait.
const LONGEST: usize = 1_000;

/// How many bytes they may have together.
const LARGEST: usize = 64 * 1024 * 1024;

/// Events, and the processes that wait for them.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// Tells the process that came last: what it needs is still in the processor's caches, and those that nobody needs any more
    /// are left alone until they are ended.
    more: Notify,
    /// Whether there may be more processes than there are.
    room: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    invocations: VecDeque<Invocation>,
    bytes: usize,
}

impl Queue {
    /// Puts an event behind the others.
    pub(super) fn push(&self, invocation: Invocation) -> Result<(), Failed> {
        let mut waiting = self.waiting();
        let bytes = waiting.bytes + invocation.event.payload.len();
        if waiting.invocations.len() >= LONGEST || bytes > LARGEST {
            return Err(Failed::Full);
        }
        waiting.bytes = bytes;
        waiting.invocations.push_back(invocation);
        drop(waiting);
        self.more.notify_last();
        Ok(())
    }

    /// Puts an event back that was taken and not given to a function.
    pub(super) fn put_back(&self, invocation: Invocation) {
        let mut waiting = self.waiting();
        waiting.bytes += invocation.event.payload.len();
        waiting.invocations.push_front(invocation);
        drop(waiting);
        self.more.notify_last();
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
        let next = waiting.invocations.pop_front()?;
        waiting.bytes -= next.event.payload.len();
        if !waiting.invocations.is_empty() {
            // Of several events that came at once only one may have been told of.
            self.more.notify_last();
        }
        Some(next)
    }

    /// Takes an event out that has waited for too long. Whether it still waited.
    pub(super) fn withdraw(&self, id: &str) -> bool {
        let mut waiting = self.waiting();
        let mut invocations = waiting.invocations.iter();
        let Some(place) = invocations.position(|waiting| waiting.event.id == id) else {
            return false;
        };
        if let Some(withdrawn) = waiting.invocations.remove(place) {
            waiting.bytes -= withdrawn.event.payload.len();
        }
        true
    }

    /// Says whether there may be more processes than there are.
    pub(super) fn set_room(&self, room: bool) {
        self.room.store(room, Ordering::Release);
    }

    /// Whether another process may be of use.
    pub(super) fn wants_more(&self) -> bool {
        self.room.load(Ordering::Acquire) && self.len() > 0
    }

    pub(super) fn len(&self) -> usize {
        self.waiting().invocations.len()
    }

    /// Tells all of them why nothing comes of them.
    pub(super) fn fail(&self, why: &Failed) {
        let waiting = std::mem::take(&mut *self.waiting());
        for invocation in waiting.invocations {
            let _ = invocation.tell.send(Err(why.clone()));
        }
    }

    /// Neither end is ever half changed.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::event::Event;
    use bytes::Bytes;

    fn of(length: usize) -> (Invocation, String) {
        let event = Event::new(Bytes::from(vec![b' '; length])).unwrap();
        let id = event.id.clone();
        (Invocation::new(event).0, id)
    }

    #[test]
    fn so_many_events_wait_and_no_more() {
        let queue = Queue::default();
        for _ in 0..LONGEST {
            queue.push(of(1).0).unwrap();
        }
        assert!(matches!(queue.push(of(1).0), Err(Failed::Full)));
        queue.next().unwrap();
        queue.push(of(1).0).unwrap();
        assert_eq!(queue.len(), LONGEST);
    }

    #[test]
    fn and_so_many_bytes_whichever_way_they_leave() {
        let queue = Queue::default();
        let (first, id) = of(LARGEST - 1);
        queue.push(first).unwrap();
        assert!(matches!(queue.push(of(2).0), Err(Failed::Full)));
        assert!(queue.withdraw(&id));
        assert!(!queue.withdraw(&id));
        queue.push(of(LARGEST).0).unwrap();
        let taken = queue.next().unwrap();
        queue.put_back(taken);
        assert!(matches!(queue.push(of(1).0), Err(Failed::Full)));
        queue.next().unwrap();
        queue.push(of(LARGEST).0).unwrap();
    }
}
