//! Panics of a handler, which end an event and not the process.

use crate::failure::Failure;
use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Once;
use std::task::Poll;

thread_local! {
    /// Where this thread panicked last. What a panic is caught with does not say.
    static PLACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes where panics happen, before whatever hook there is.
pub(crate) fn note_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let mut place: Vec<String> = panic
                .location()
                .map(ToString::to_string)
                .into_iter()
                .collect();
            // Taken where RUST_BACKTRACE asks for it.
            let backtrace = Backtrace::capture();
            if backtrace.status() == BacktraceStatus::Captured {
                let lines = backtrace.to_string();
                place.extend(lines.lines().map(|line| line.trim().to_owned()));
            }
            PLACE.set(place);
            hook(panic);
        }));
    });
}

/// What a future gives, or how it panicked.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Failure> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catching(|| future.as_mut().poll(context));
        match polled {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(failure) => Poll::Ready(Err(failure)),
        }
    })
    .await
}

/// What a function gives, or how it panicked. Whatever it was at must not be used after a panic.
pub(crate) fn catching<T>(function: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(function)).map_err(|panic| {
        let place = PLACE.take();
        Failure::new("Runtime.Panic", message(&*panic)).with_stack_trace(place)
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
