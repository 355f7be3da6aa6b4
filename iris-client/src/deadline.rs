//! How long a call may take.

use crate::fault;
use crate::time::{self, Instant};
use crate::{IrisError, Status};
use std::pin::Pin;
use std::time::Duration;

/// How much before a call's end a server may have taken it for over: what it was told is rounded, and clocks differ.
const SLACK: Duration = Duration::from_millis(20);

/// The end of a call's time, with the time it was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<(Instant, Duration)>);

impl Deadline {
    pub(crate) const NONE: Deadline = Deadline(None);

    /// The deadline of a call that starts now. A call made by a procedure never outlives the one being served.
    pub(crate) fn start(allowed: Option<Duration>) -> Self {
        let inherited = time::inherited();
        if allowed.is_none() && inherited.is_none() {
            return Deadline(None);
        }
        let now = Instant::now();
        // A time too long to be counted is no deadline.
        let own = allowed.and_then(|allowed| now.checked_add(allowed));
        let at = match (own, inherited) {
            (Some(own), Some(inherited)) => Some(own.min(inherited)),
            (own, inherited) => own.or(inherited),
        };
        Deadline(at.map(|at| (at, at.saturating_duration_since(now))))
    }

    pub(crate) fn at(self) -> Option<Instant> {
        self.0.map(|(at, _)| at)
    }

    /// What is left, to be told to the server.
    pub(crate) fn remaining(self) -> Option<Duration> {
        self.0
            .map(|(at, _)| at.saturating_duration_since(Instant::now()))
    }

    /// Waits for the call no longer than its time. Whoever drops it then cancels it at the server.
    ///
    /// It is pinned elsewhere, since it is large, and would be held here twice.
    pub(crate) async fn enforce<T>(
        self,
        base: &str,
        call: Pin<&mut impl Future<Output = Result<T, IrisError>>>,
    ) -> Result<T, IrisError> {
        let Some(at) = self.at() else {
            return call.await;
        };
        let passed = || self.exceeded(&format!("{base} gave no answer"));
        if at <= Instant::now() {
            // Nothing is sent that nobody waits for.
            return Err(passed());
        }
        match time::timeout_at(at, call).await {
            Ok(Err(error)) if self.ended(&error) => Err(passed()),
            Ok(result) => result,
            Err(_) => Err(passed()),
        }
    }

    /// Whether this is how a server ends a call whose time is over: by resetting its stream, which may be seen here
    /// just before the time is over here too.
    pub(crate) fn ended(self, error: &IrisError) -> bool {
        self.remaining().is_some_and(|left| left <= SLACK) && fault::is_cancelled(error)
    }

    /// The error of a call whose time is over.
    pub(crate) fn exceeded(self, what: &str) -> IrisError {
        let allowed = self.0.map(|(_, allowed)| allowed).unwrap_or_default();
        IrisError::communication(
            Status::DeadlineExceeded,
            format!("{what} within the deadline of {allowed:?}"),
        )
    }
}
