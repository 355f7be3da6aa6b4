//! Scaling to zero: a process that has had nothing to do for a while ends, until the next request comes. Requests come by way
//! of the gateway, which lets them wait meanwhile.

use crate::daemon::gate::Gate;
use crate::daemon::setting::time;
use crate::messages::iris::up::v1::Settings;
use std::time::Duration;

/// What is used where nothing is set is never used: a time is only asked for where there is one.
const IDLE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));

/// A shorter time would have it start for every other request.
const SHORTEST: Duration = Duration::from_millis(100);

/// When a process may rest.
#[derive(Debug)]
pub(super) struct Rest {
    gate: Gate,
    after: Option<Duration>,
}

impl Rest {
    /// As the settings say, of what comes through this gate.
    ///
    /// # Errors
    ///
    /// What is wrong with them, for people.
    pub(super) fn of(settings: &Settings, gate: &Gate) -> Result<Rest, String> {
        let after = match settings.idle_timeout {
            Some(told) => Some(time("idle_timeout", Some(told), IDLE, SHORTEST)?),
            None => None,
        };
        Ok(Rest {
            gate: gate.clone(),
            after,
        })
    }

    /// Waits until it may rest, and does what comes first then: until that is done nobody is let in.
    pub(super) async fn begin(&self, first: impl Fn()) {
        let Some(after) = self.after else {
            return std::future::pending().await;
        };
        loop {
            self.gate.quiet(after).await;
            if self.gate.while_empty(&first) {
                return;
            }
        }
    }

    /// Waits until there is something to do.
    pub(super) async fn end(&self) {
        self.gate.entered().await;
    }
}
