//! The deadline of the call being served, so that calls made on its behalf inherit it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

thread_local! {
    static CURRENT: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The deadline of the procedure this code runs in; `None` outside of one, and where the caller set none.
///
/// Iris clients read it, so that a call made by a procedure never outlives the call it serves. It
/// does not follow into spawned tasks, which may well outlive the call: wrap those in [`scope`].
pub fn current() -> Option<Instant> {
    CURRENT.get()
}

/// Runs `future` with `deadline` as the [`current`] one.
pub fn scope<F>(deadline: Option<Instant>, future: F) -> Scope<F> {
    Scope { deadline, future }
}

pin_project_lite::pin_project! {
    /// See [`scope`].
    #[derive(Debug)]
    pub struct Scope<F> {
        deadline: Option<Instant>,
        #[pin]
        future: F,
    }
}

/// Puts the outer deadline back, also when the future panics.
struct Restore(Option<Instant>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _restore = Restore(CURRENT.replace(*this.deadline));
        this.future.poll(context)
    }
}
