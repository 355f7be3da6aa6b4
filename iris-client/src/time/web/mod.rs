//! A browser's clock and timers, which Node has too.

mod timers;

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Performance;

    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Performance;

    #[wasm_bindgen(method)]
    fn now(this: &Performance) -> f64;
}

/// A moment, as the time since the page was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        let milliseconds = PERFORMANCE.with(Performance::now);
        Instant(Duration::from_micros((milliseconds * 1000.0) as u64))
    }

    pub(crate) fn checked_add(self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Instant)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Nothing is served here.
pub(crate) fn inherited() -> Option<Instant> {
    None
}

/// Ends at a moment. Dropped, it leaves no timer behind.
#[derive(Debug)]
pub(crate) struct Sleep {
    at: Instant,
    timer: Option<timers::Id>,
}

pub(crate) fn sleep_until(at: Instant) -> Sleep {
    Sleep { at, timer: None }
}

pub(crate) fn sleep(duration: Duration) -> Sleep {
    let now = Instant::now();
    // What cannot be counted is longer than any page is open.
    sleep_until(now.checked_add(duration).unwrap_or(Instant(Duration::MAX)))
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.at <= Instant::now() {
            return Poll::Ready(());
        }
        let at = self.at;
        match self.timer {
            Some(timer) => timers::keep(timer, context.waker()),
            None => self.timer = Some(timers::add(at, context.waker())),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            timers::remove(timer);
        }
    }
}

/// A future that came too late.
#[derive(Debug)]
pub(crate) struct Elapsed;

/// The output of a future, where it has one before that moment.
pub(crate) async fn timeout_at<F: Future>(at: Instant, future: F) -> Result<F::Output, Elapsed> {
    let mut sleep = sleep_until(at);
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        ready!(Pin::new(&mut sleep).poll(context));
        Poll::Ready(Err(Elapsed))
    })
    .await
}
