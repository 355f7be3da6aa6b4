//! How busy connections and addresses are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The calls of a connection, or of an address, that have not ended.
#[derive(Debug)]
pub(super) struct Load {
    calls: AtomicUsize,
    began: Instant,
    /// When the last call ended, in milliseconds after the beginning.
    ended: AtomicU64,
}

impl Load {
    pub(super) fn new() -> Self {
        Load {
            calls: AtomicUsize::new(0),
            began: Instant::now(),
            ended: AtomicU64::new(0),
        }
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Since when there is no call; `None` while there is one.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let ended = Duration::from_millis(self.ended.load(Ordering::Relaxed));
        (self.calls() == 0).then(|| self.began + ended)
    }

    fn begin(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self) {
        let ended = self.began.elapsed().as_millis();
        self.ended.store(ended as u64, Ordering::Relaxed);
        self.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call in flight, counted until this is dropped.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Load>);

impl InFlight {
    pub(super) fn begin(load: &Arc<Load>) -> Self {
        load.begin();
        InFlight(load.clone())
    }

    pub(super) fn load(&self) -> &Arc<Load> {
        &self.0
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.end();
    }
}
