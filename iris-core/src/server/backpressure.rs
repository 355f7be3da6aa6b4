//! How long a socket has held back what is written to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The time in which nothing could leave by a socket, whoever's it was. A clone is of the same socket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backpressure(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    /// Until the last time that it ended.
    before: Duration,
    /// Where it holds back now.
    since: Option<Instant>,
}

impl Backpressure {
    /// Something waits for the peer to take what was written before.
    pub(super) fn begin(&self) {
        self.held().since.get_or_insert_with(Instant::now);
    }

    /// Something was taken.
    pub(super) fn end(&self) {
        let mut held = self.held();
        if let Some(since) = held.since.take() {
            held.before += since.elapsed();
        }
    }

    /// All of the time until now.
    pub(super) fn time(&self) -> Duration {
        let held = self.held();
        let now = held.since.map_or(Duration::ZERO, |since| since.elapsed());
        held.before + now
    }

    /// It is never half changed.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_adds_up() {
        let second = Duration::from_secs(1);
        let backpressure = Backpressure::default();
        for times in 1..4 {
            backpressure.begin();
            tokio::time::sleep(second).await;
            // It goes on.
            backpressure.begin();
            tokio::time::sleep(second).await;
            assert_eq!(backpressure.time(), 2 * times * second);
            backpressure.end();
            tokio::time::sleep(second).await;
            assert_eq!(backpressure.clone().time(), 2 * times * second);
        }
    }
}
