//! Sending a call again that got no answer.

use crate::IrisError;
use crate::call::Call;
use crate::fault::Fault;
use crate::random;
use crate::time::{self, Instant};
#[cfg(feature = "native")]
use crate::transport::Elsewhere;
use crate::unprocessed::Unprocessed;
use http::Extensions;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often, and how soon, a failed call is sent again.
///
/// Only procedures marked idempotent or without side effects are, only those that take one message, and only
/// where nothing of an answer came: the connection was refused, reset or timed out, the stream was refused, the
/// server turned a unary call away (900 with `unavailable`, as where it has too many in flight), or a proxy answered
/// `unavailable` without anything of the procedure's. Each attempt goes to an address that the call was not yet sent
/// to, where there is one. Retries end with the call's deadline.
///
/// Whatever the policy and the procedure, a call that takes one message is sent once more at once where the server did not
/// look at it for certain: it refused the stream, or closed the connection and said that this call came too late.
///
/// All clones of a client share one budget, so that a server in trouble is not buried in repeated calls.
///
/// ```
/// use iris_client::RetryPolicy;
/// use std::time::Duration;
///
/// let patient = RetryPolicy::default()
///     .attempts(5)
///     .pauses(Duration::from_millis(100), Duration::from_secs(10))
///     .budget(0.1, 2.0);
/// # let _ = patient;
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to a client: `ClientBuilder::retry`"]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
    share: f64,
    per_second: f64,
}

impl Default for RetryPolicy {
    /// 3 attempts, pauses from 50 ms to 2 s, retries for a fifth of the calls and always for 10 a second.
    fn default() -> Self {
        RetryPolicy {
            attempts: 3,
            first: Duration::from_millis(50),
            longest: Duration::from_secs(2),
            share: 0.2,
            per_second: 10.0,
        }
    }
}

impl RetryPolicy {
    /// Every call is sent once.
    pub fn never() -> Self {
        RetryPolicy::default().attempts(1)
    }

    /// How often a call is sent at most, the first time included; 0 means 1.
    pub fn attempts(self, attempts: u32) -> Self {
        RetryPolicy { attempts, ..self }
    }

    /// The pause before the first retry, which doubles with each, and the longest pause.
    ///
    /// A random part of up to a half is taken off, so that clients that failed together do not come back together.
    pub fn pauses(self, first: Duration, longest: Duration) -> Self {
        RetryPolicy {
            first,
            longest,
            ..self
        }
    }

    /// How many retries there may be: a share of all repeatable calls, and this many a second besides.
    ///
    /// Unused retries are kept for ten seconds' worth of `per_second`, and at least ten. Values below 0 count as 0.
    pub fn budget(self, share: f64, per_second: f64) -> Self {
        RetryPolicy {
            share: share.max(0.0),
            per_second: per_second.max(0.0),
            ..self
        }
    }

    fn pause(&self, attempts_made: u32) -> Duration {
        let doubled = 2u32.saturating_pow(attempts_made.saturating_sub(1));
        let pause = self.first.saturating_mul(doubled).min(self.longest);
        pause.mul_f64(1.0 - random::share() / 2.0)
    }
}

/// A policy and what is left of its budget.
#[derive(Debug)]
pub(crate) struct Retry {
    policy: RetryPolicy,
    budget: Mutex<Budget>,
}

#[derive(Debug)]
struct Budget {
    retries: f64,
    refilled: Instant,
}

impl Retry {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        Retry {
            budget: Mutex::new(Budget {
                retries: policy.per_second,
                refilled: Instant::now(),
            }),
            policy,
        }
    }

    /// A repeatable call began, which earns its share of a retry.
    fn earn(&self) {
        self.change(self.policy.share);
    }

    /// Takes one retry out of the budget; `false` where it is used up.
    pub(crate) fn spend(&self) -> bool {
        self.change(-1.0)
    }

    fn change(&self, retries: f64) -> bool {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let since = now.saturating_duration_since(budget.refilled);
        let refill = since.as_secs_f64() * self.policy.per_second;
        budget.refilled = now;
        let most = (self.policy.per_second * 10.0).max(10.0);
        let after = (budget.retries + refill).min(most) + retries;
        let allowed = after >= 0.0;
        budget.retries = if allowed {
            after.min(most)
        } else {
            after - retries
        };
        allowed
    }
}

/// The attempts at one call.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    call: &'a Call,
    may_repeat: bool,
    made: u32,
    /// Whether it was sent again because it had not been processed, which counts for nothing else.
    resent: bool,
    /// Where it was sent to, if there is more than one place for it.
    #[cfg(feature = "native")]
    elsewhere: Option<Elsewhere>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(call: &'a Call, may_repeat: bool) -> Self {
        let hedges = call.shared.hedges();
        let repeats = may_repeat && (hedges || call.shared.retry.policy.attempts > 1);
        if repeats {
            call.shared.retry.earn();
        }
        Attempts {
            call,
            may_repeat,
            made: 0,
            resent: false,
            #[cfg(feature = "native")]
            elsewhere: (repeats && (hedges || call.shared.transport.may_lead_elsewhere()))
                .then(Elsewhere::default),
        }
    }

    /// What the transport is to know of the next attempt: where those before it went.
    pub(crate) fn extensions(&self) -> Extensions {
        #[cfg_attr(not(feature = "native"), expect(unused_mut))]
        let mut extensions = Extensions::new();
        #[cfg(feature = "native")]
        if let Some(elsewhere) = &self.elsewhere {
            extensions.insert(elsewhere.clone());
        }
        extensions
    }

    /// Waits until the next attempt, or gives the error back where there is none.
    pub(crate) async fn again(&mut self, fault: Fault) -> Result<(), IrisError> {
        if !self.resent && Unprocessed::is_behind(&fault.error) {
            self.resent = true;
            return Ok(());
        }
        self.made += 1;
        let retry = &self.call.shared.retry;
        let pause = retry.policy.pause(self.made);
        let too_late = || {
            let remaining = self.call.deadline.remaining();
            remaining.is_some_and(|remaining| remaining <= pause)
        };
        if !(self.may_repeat && fault.retry && self.made < retry.policy.attempts)
            || too_late()
            || !retry.spend()
        {
            let mut error = fault.error;
            let sent = self.made + u32::from(self.resent);
            if sent > 1 {
                error.internal_message += &format!(" ({sent} attempts)");
            }
            return Err(error);
        }
        time::sleep(pause).await;
        Ok(())
    }
}
