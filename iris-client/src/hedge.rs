//! Sending a call a second time while the first has no answer yet.

use crate::call::{self, Call};
use crate::fault::Fault;
use crate::protocol::{Answer, Encoded};
use crate::retry::Attempts;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// When a unary call that has no answer yet is sent once more, so that one slow server does not make a call slow.
///
/// Only procedures marked idempotent or without side effects are. The first answer counts, an error of the procedure
/// included, and the other attempts are cancelled. One whose connection or stream broke before an answer leaves the
/// others to get one. Each goes to an address, or over a connection, that the call was not
/// yet sent to, where there is one. Attempts beyond the first are taken out of the retry budget of the
/// [`RetryPolicy`](crate::RetryPolicy); with nothing left in it there are none.
///
/// ```
/// use iris_client::HedgePolicy;
/// use std::time::Duration;
///
/// // The time within which 95 of 100 calls are answered is a good start.
/// let policy = HedgePolicy::after(Duration::from_millis(50)).attempts(3);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to a client: `ClientBuilder::hedge`"]
pub struct HedgePolicy {
    delay: Duration,
    attempts: u32,
}

impl HedgePolicy {
    /// A second attempt after this time.
    pub fn after(delay: Duration) -> Self {
        HedgePolicy { delay, attempts: 2 }
    }

    /// How often a call is sent at most, the first time included, each after the same time again. The default is 2;
    /// with 1, or 0, none is sent a second time.
    pub fn attempts(self, attempts: u32) -> Self {
        HedgePolicy { attempts, ..self }
    }
}

type Attempt<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Attempts at the same time, of which the first answer counts.
struct Race<'a, T, F> {
    call: &'a Call,
    policy: &'a HedgePolicy,
    /// Whether an answer has begun, after which no further attempt makes sense.
    begun: &'a AtomicBool,
    attempt: F,
    running: Vec<Attempt<'a, T>>,
    made: u32,
    next: Option<Pin<Box<Sleep>>>,
}

/// Makes the attempts at a call, each of which prefers to go where the others did not.
pub(crate) async fn attempts(
    call: &Call,
    policy: &HedgePolicy,
    encoded: &Encoded,
    get: bool,
    attempts: &Attempts<'_>,
) -> Result<Answer, Fault> {
    let begun = AtomicBool::new(false);
    race(call, policy, &begun, || {
        Box::pin(call::attempt(
            call,
            encoded.clone(),
            get,
            attempts.extensions(),
            Some(&begun),
        ))
    })
    .await
}

async fn race<'a, T, F>(
    call: &'a Call,
    policy: &'a HedgePolicy,
    begun: &'a AtomicBool,
    attempt: F,
) -> Result<T, Fault>
where
    F: Fn() -> Attempt<'a, T>,
{
    let mut race = Race {
        call,
        policy,
        begun,
        running: vec![attempt()],
        attempt,
        made: 1,
        next: (policy.attempts > 1).then(|| Box::pin(tokio::time::sleep(policy.delay))),
    };
    std::future::poll_fn(|context| race.poll(context)).await
}

impl<'a, T, F: Fn() -> Attempt<'a, T>> Race<'a, T, F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Fault>> {
        loop {
            let mut index = 0;
            while index < self.running.len() {
                match self.running[index].as_mut().poll(context) {
                    // What got no answer leaves the others to get one.
                    Poll::Ready(Err(fault))
                        if (fault.retry || fault.unanswered) && self.running.len() > 1 =>
                    {
                        drop(self.running.swap_remove(index));
                    }
                    Poll::Ready(result) => return Poll::Ready(result),
                    Poll::Pending => index += 1,
                }
            }
            let Some(next) = &mut self.next else {
                return Poll::Pending;
            };
            if next.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let begun = self.begun.load(Ordering::Relaxed);
            if begun || self.made >= self.policy.attempts || !self.call.shared.retry.spend() {
                self.next = None;
                return Poll::Pending;
            }
            self.made += 1;
            self.running.push((self.attempt)());
            self.next = Some(Box::pin(tokio::time::sleep(self.policy.delay)));
        }
    }
}
