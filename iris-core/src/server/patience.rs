//! How long whoever is written to may take nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Patience with a reader, which is asked for only while something waits to be written.
///
/// There is no timer before something has to wait. One that runs is left alone until it has run down: a connection that
/// is written to as fast as its peer reads would set it a thousand times a second.
pub(super) struct Patience {
    limit: Option<Duration>,
    /// Since when nothing was taken of what waits, and how long there had been none to blame by then.
    since: Option<(Instant, Duration)>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Without a limit it never runs out.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Patience {
            limit,
            since: None,
            timer: None,
        }
    }

    /// Something was taken, or nothing waits.
    pub(super) fn renew(&mut self) {
        self.since = None;
    }

    /// Ready once what waits has waited for too long. What `excused` has grown by meanwhile does not count: time in which
    /// nothing could have been taken.
    pub(super) fn poll(&mut self, excused: Duration, context: &mut Context<'_>) -> Poll<()> {
        let Some(limit) = self.limit else {
            return Poll::Pending;
        };
        let (since, before) = *self.since.get_or_insert_with(|| (Instant::now(), excused));
        let limit = limit.saturating_add(excused.saturating_sub(before));
        // What cannot be counted is never.
        let Some(end) = since.checked_add(limit) else {
            return Poll::Pending;
        };
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        loop {
            ready!(timer.as_mut().poll(context));
            // The runtime looks at sockets before timers: where this one has gone off, what the peer took is known.
            if timer.deadline() >= end {
                return Poll::Ready(());
            }
            timer.as_mut().reset(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    const LIMIT: Duration = Duration::from_secs(60);

    async fn runs_out(patience: &mut Patience) -> Duration {
        let begun = Instant::now();
        poll_fn(|context| patience.poll(Duration::ZERO, context)).await;
        begun.elapsed()
    }

    fn about(limit: Duration, waited: Duration) -> bool {
        waited.abs_diff(limit) < Duration::from_millis(10)
    }

    #[tokio::test(start_paused = true)]
    async fn it_lasts_from_the_last_time_that_something_was_taken() {
        let mut patience = Patience::new(Some(LIMIT));
        let polled = poll_fn(|context| Poll::Ready(patience.poll(Duration::ZERO, context))).await;
        assert!(polled.is_pending());
        tokio::time::sleep(LIMIT / 2).await;
        // It goes on while nothing is taken.
        assert!(about(LIMIT / 2, runs_out(&mut patience).await));
        patience.renew();
        assert!(about(LIMIT, runs_out(&mut patience).await));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_now_and_then_never_runs_out() {
        let mut patience = Patience::new(Some(LIMIT));
        for _ in 0..10 {
            let polled =
                poll_fn(|context| Poll::Ready(patience.poll(Duration::ZERO, context))).await;
            assert!(polled.is_pending());
            tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
            patience.renew();
        }
        assert!(about(LIMIT, runs_out(&mut patience).await));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_excused_does_not_count() {
        let mut patience = Patience::new(Some(LIMIT));
        let begun = Instant::now();
        // Half of the time.
        poll_fn(|context| patience.poll(LIMIT + begun.elapsed() / 2, context)).await;
        // Each time that its timer runs down, what was excused meanwhile is added.
        let waited = begun.elapsed();
        assert!(about(2 * LIMIT, waited), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_that_can_be_counted_it_lasts_for_ever() {
        for limit in [None, Some(Duration::MAX)] {
            let mut patience = Patience::new(limit);
            let polled =
                poll_fn(|context| Poll::Ready(patience.poll(Duration::ZERO, context))).await;
            assert!(polled.is_pending());
            assert!(patience.timer.is_none());
        }
    }
}
