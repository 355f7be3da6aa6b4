//! Whether a connection has calls, and when it should go.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How many calls a connection has, and since when it has had none.
#[derive(Debug)]
pub(crate) struct Activity {
    opened: Instant,
    calls: AtomicUsize,
    /// Milliseconds from the opening to the end of the last call.
    idle_since: AtomicU64,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Activity {
            opened: Instant::now(),
            calls: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
        }
    }

    /// Ready once there was no call for so long.
    pub(crate) async fn idle(&self, timeout: Duration) {
        loop {
            // In this order: where the last call is over, its end is known.
            let busy = self.calls.load(Ordering::Acquire) > 0;
            let since = Duration::from_millis(self.idle_since.load(Ordering::Acquire));
            let waited = self.opened.elapsed().saturating_sub(since);
            if !busy && waited >= timeout {
                return;
            }
            // While a call lasts, its end is not awaited: it is looked for once more after the
            // time that must pass then anyway. To the millisecond, since that is what is counted.
            let rest = if busy { timeout } else { timeout - waited };
            tokio::time::sleep(rest.max(Duration::from_millis(1))).await;
        }
    }
}

/// A call that is counted while this exists.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Activity>);

impl InFlight {
    pub(crate) fn new(activity: &Arc<Activity>) -> Self {
        activity.calls.fetch_add(1, Ordering::AcqRel);
        InFlight(activity.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let age = u64::try_from(self.0.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.idle_since.fetch_max(age, Ordering::AcqRel);
        self.0.calls.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Ready when a connection has lived for its time.
pub(crate) async fn aged(max_age: Duration) {
    tokio::time::sleep(lifetime(max_age)).await;
}

/// How long a connection lives: to its greatest age, or up to a tenth less. Connections that were opened together,
/// after a restart, should not all come back together.
pub(crate) fn lifetime(max_age: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 1000;
    let earlier = (max_age / 10_000).saturating_mul(random as u32);
    max_age.saturating_sub(earlier)
}
