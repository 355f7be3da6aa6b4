//! Callers, all the time.

use crate::server::Doors;
use crate::{Outcome, honest, hostile, watching};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// Enough to keep two cores busy, where they do not pause.
const HONEST: usize = 8;
/// As many connections are being abused at a time.
const HOSTILE: usize = 32;

/// Callers that go on until they are told to end.
pub(crate) struct Load {
    callers: JoinSet<()>,
    done: Arc<Done>,
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) calls: AtomicU64,
    /// Health checks, and scrapes of metrics.
    pub(crate) looks: AtomicU64,
    pub(crate) hostile: AtomicU64,
    failed: AtomicU64,
    /// Why the first call failed that should not have.
    why: Mutex<Option<String>>,
}

/// Begins to call the server at these doors. Callers who do what clients do pause between rounds of calls.
pub(crate) fn begin(doors: &Arc<Doors>, pause: Duration) -> Load {
    let done = Arc::new(Done::default());
    let mut callers = JoinSet::new();
    for place in 0..HONEST {
        callers.spawn(honest::call(doors.clone(), place, pause, done.clone()));
    }
    for place in 0..HOSTILE {
        callers.spawn(hostile::connect(doors.clone(), place, done.clone()));
    }
    callers.spawn(watching::look(doors.clone(), done.clone()));
    Load { callers, done }
}

impl Load {
    pub(crate) fn counts(&self) -> &Done {
        &self.done
    }

    /// Ends all callers.
    ///
    /// # Errors
    ///
    /// Where one of the honest ones was not served as it should have been.
    pub(crate) async fn end(mut self) -> Outcome {
        self.callers.shutdown().await;
        let failed = self.done.failed.load(Relaxed);
        let why = self.done.why.lock();
        let why = why.unwrap_or_else(PoisonError::into_inner).take();
        match why {
            None => Ok(()),
            Some(why) => Err(format!("{failed} calls failed, the first so: {why}").into()),
        }
    }
}

impl Done {
    pub(crate) fn failed(&self, what: &str, why: &dyn fmt::Display) {
        self.failed.fetch_add(1, Relaxed);
        let mut first = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| format!("{what}: {why}"));
    }
}

impl fmt::Display for Done {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Done {
            calls,
            looks,
            hostile,
            failed,
            ..
        } = self;
        let [calls, looks, hostile, failed] =
            [calls, looks, hostile, failed].map(|count| count.load(Relaxed));
        write!(formatter, "{calls:11} {looks:11} {hostile:11} {failed:9}")
    }
}
