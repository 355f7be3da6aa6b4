//! How many connections a server takes.

use std::time::Duration;
use tokio::time::Instant;

/// How often the log says that connections are turned away.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Turns connections away while there are as many as there may be.
///
/// They are closed at once and not left waiting: whoever balances load learns within a round trip that it
/// must go elsewhere, and those that are served keep what they need.
pub(crate) struct Admission {
    limit: Option<usize>,
    turned_away: u64,
    logged: Option<Instant>,
}

impl Admission {
    pub(crate) fn new(limit: Option<usize>) -> Self {
        Admission {
            limit,
            turned_away: 0,
            logged: None,
        }
    }

    /// Whether one more is taken, beside those that are open.
    pub(crate) fn admits(&mut self, open: usize) -> bool {
        let Some(limit) = self.limit.filter(|limit| open >= *limit) else {
            return true;
        };
        self.turned_away += 1;
        if self
            .logged
            .is_none_or(|logged| logged.elapsed() >= LOG_INTERVAL)
        {
            tracing::warn!(
                limit,
                turned_away = self.turned_away,
                "there are as many connections as there may be; new ones are closed"
            );
            self.logged = Some(Instant::now());
            self.turned_away = 0;
        }
        false
    }
}
