//! Whether calls are sent to an address, as far as it has shown how it is.

use crate::random;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// After so many connections in a row that broke before an answer, an address is set aside; where no connection is
/// made, at once.
const BREAKS: u32 = 3;

/// How long an address is set aside for the first time, and at most, without a random part of up to a quarter more.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// How an address has done.
#[derive(Debug)]
pub(super) struct Standing {
    began: Instant,
    failures: AtomicU32,
    /// Until when it is set aside, in milliseconds after the beginning; 0 where it is not.
    until: AtomicU64,
    /// Whether the server there says that it does not serve.
    not_serving: AtomicBool,
}

impl Standing {
    pub(super) fn new() -> Self {
        Standing {
            began: Instant::now(),
            failures: AtomicU32::new(0),
            until: AtomicU64::new(0),
            not_serving: AtomicBool::new(false),
        }
    }

    /// Whether calls are sent there.
    pub(super) fn is_good(&self) -> bool {
        self.until.load(Ordering::Relaxed) == 0 && !self.not_serving.load(Ordering::Relaxed)
    }

    /// When it is due to be tried, for an order among those that are set aside.
    pub(super) fn due(&self) -> u64 {
        self.until.load(Ordering::Relaxed)
    }

    /// Whether it was set aside for long enough, and is the asker's to try: nobody else is told so for a while.
    pub(super) fn take_turn(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        let now = self.now();
        if until == 0 || until > now {
            return false;
        }
        let later = now + FIRST.as_millis() as u64;
        let exchanged =
            self.until
                .compare_exchange(until, later, Ordering::Relaxed, Ordering::Relaxed);
        exchanged.is_ok()
    }

    /// A connection was made. What broke before is not forgotten until an answer comes.
    pub(super) fn connected(&self) {
        if self.until.load(Ordering::Relaxed) != 0 {
            self.until.store(0, Ordering::Relaxed);
        }
    }

    /// An answer came.
    pub(super) fn answered(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
            self.until.store(0, Ordering::Relaxed);
        }
    }

    /// No connection was made.
    pub(super) fn unreachable(&self) {
        let failures = self.failures.load(Ordering::Relaxed);
        self.count(failures.max(BREAKS - 1));
    }

    /// A connection is on its way for longer than a call waits for one: others come first until it is made.
    pub(super) fn late(&self) {
        let until = self.now() + FIRST.as_millis() as u64;
        // Where that is told too late itself, somebody's turn mends it.
        let _ = self
            .until
            .compare_exchange(0, until, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// A connection broke before an answer came.
    pub(super) fn broke(&self) {
        self.count(self.failures.load(Ordering::Relaxed));
    }

    /// What the server says of itself.
    pub(super) fn set_serving(&self, serving: bool) {
        self.not_serving.store(!serving, Ordering::Relaxed);
    }

    /// One more failure after so many. What fails while the address is set aside already began before that.
    fn count(&self, before: u32) {
        let now = self.now();
        if self.until.load(Ordering::Relaxed) > now && before >= BREAKS {
            return;
        }
        let failures = before.saturating_add(1);
        self.failures.store(failures, Ordering::Relaxed);
        if let Some(times) = failures.checked_sub(BREAKS) {
            let until = now + pause(times).as_millis() as u64;
            self.until.store(until, Ordering::Relaxed);
        }
    }

    /// Never 0, which has a meaning of its own.
    fn now(&self) -> u64 {
        1 + self.began.elapsed().as_millis() as u64
    }
}

fn pause(times_before: u32) -> Duration {
    let doubled = FIRST.saturating_mul(2u32.saturating_pow(times_before));
    doubled.min(LONGEST).mul_f64(1.0 + random::share() / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_unreachable_address_is_set_aside_for_a_growing_time() {
        let standing = Standing::new();
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            standing.unreachable();
            // Those that failed at the same time count once.
            standing.unreachable();
            assert!(!standing.is_good());
            tokio::time::advance(Duration::from_secs(seconds) - Duration::from_millis(1)).await;
            assert!(!standing.take_turn());
            tokio::time::advance(Duration::from_secs(seconds).mul_f64(0.26)).await;
            assert!(standing.take_turn());
            assert!(!standing.take_turn(), "one call tries");
            standing.connected();
            assert!(standing.is_good());
        }
        standing.answered();
        standing.broke();
        assert!(standing.is_good());
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_address_has_not_failed() {
        let standing = Standing::new();
        standing.late();
        standing.late();
        assert!(!standing.is_good() && !standing.take_turn());
        tokio::time::advance(Duration::from_millis(1001)).await;
        assert!(standing.take_turn() && !standing.is_good());
        standing.connected();
        standing.broke();
        assert!(standing.is_good());
        // One that is set aside already is no longer so for it.
        standing.unreachable();
        let due = standing.due();
        standing.late();
        assert_eq!(standing.due(), due);
    }

    #[tokio::test(start_paused = true)]
    async fn breaks_count_while_no_answer_comes() {
        let standing = Standing::new();
        for _ in 0..10 {
            standing.broke();
            standing.broke();
            standing.answered();
        }
        assert!(standing.is_good());
        for _ in 0..BREAKS {
            assert!(standing.is_good());
            standing.broke();
        }
        assert!(!standing.is_good());
    }
}
