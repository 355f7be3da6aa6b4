//! One process of a function, as far as events go.
//!
//! | to read | |
//! |---|---|
//! | `state` | what is known of it |
//! | `start` | until it has asked for an event |
//! | `next` | an event that it asks for |
//! | `answer`, `claim` | what it answers |
//! | `end` | when it gets no more |
//! | `due` | what is to be done about it, and when |

mod answer;
mod claim;
mod due;
mod end;
mod next;
mod start;
mod state;
#[cfg(test)]
mod tests;

pub(super) use claim::Claim;
pub(super) use due::Due;

use super::queue::Queue;
use crate::daemon::process::printed::Tag;
use state::{Now, Phase};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// How many of its answers are read at a time. The others wait, of a process that has many events at a time.
const READ_AT_A_TIME: usize = 16;

/// One process.
#[derive(Debug)]
pub(super) struct Worker {
    queue: Arc<Queue>,
    /// How many events it may have at a time.
    concurrency: usize,
    /// How long it may have nothing to do.
    keep_alive: Duration,
    now: Mutex<Now>,
    changed: watch::Sender<()>,
    reading: Semaphore,
    /// What it prints is about this.
    pub(super) tag: Tag,
}

/// What a process may not do right now.
#[derive(Debug, PartialEq)]
pub(super) enum Refused {
    /// It has as many events as it may have.
    Busy,
    /// It has no event of this id.
    UnknownId,
    /// It has started, or has failed to.
    Started,
    /// It has answered that event, or begun to.
    Answered,
}

impl Worker {
    pub(super) fn new(queue: Arc<Queue>, concurrency: usize, keep_alive: Duration) -> Worker {
        Worker {
            queue,
            concurrency,
            keep_alive,
            now: Mutex::new(Now {
                phase: Phase::Starting,
                not_started: None,
                started: false,
                asking: 0,
                given: Vec::new(),
                retired: false,
                idle_since: Instant::now(),
                answered: None,
                last: None,
                told_before: None,
                attended: false,
            }),
            changed: watch::Sender::new(()),
            reading: Semaphore::new(READ_AT_A_TIME),
            tag: Tag::default(),
        }
    }

    /// Changes whenever something may be due before what was due last, or more processes may be wanted.
    pub(super) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Reads an answer, once there is room for it in memory.
    pub(super) async fn read<T>(&self, answer: impl Future<Output = T>) -> T {
        // It is never closed.
        let _room = self.reading.acquire().await;
        answer.await
    }

    /// Fewer events may become its own than before: what waits may have counted on it.
    fn tell_of_less(&self, mut now: MutexGuard<'_, Now>) {
        if self.queue.wants_more() {
            now.told_before = None;
        }
        self.tell_of(now);
    }

    /// Nobody who is told may find the lock taken.
    fn tell_of(&self, now: MutexGuard<'_, Now>) {
        let is_told = match (now.told_before, self.due_of(&now).at()) {
            (Some(before), Some(at)) => now.attended || at < before,
            _ => true,
        };
        drop(now);
        if is_told {
            self.changed.send_replace(());
        }
    }

    /// Neither value is ever half changed.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
