//! One call with those who watch it.

use super::{Ending, Observation, Observer, StartedCall};
use crate::answering::Answering;
use crate::guard::panic_message;
use crate::{Body, Request};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use std::error::Error;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Those who watch a call; they hear of its end when this is dropped.
pub(crate) struct Watch {
    request: Request,
    observations: Vec<Box<dyn Observation>>,
    complete: bool,
}

impl Watch {
    /// Asks every observer. `None` where nobody wants to watch this call.
    pub(crate) fn begin(
        observers: &[Arc<dyn Observer>],
        request: &Request,
        protocol: &'static str,
    ) -> Option<Watch> {
        let call = StartedCall::new(request, protocol);
        let observations: Vec<_> = observers
            .iter()
            .filter_map(|observer| guarded(request, || observer.begin(&call)).flatten())
            .collect();
        (!observations.is_empty()).then(|| Watch {
            request: request.clone(),
            observations,
            complete: false,
        })
    }

    /// Runs a part of the call, within what each of them needs around it.
    fn run<T>(&self, mut part: impl FnMut() -> Poll<T>) -> Poll<T> {
        let mut polled = None;
        within(&self.request, &self.observations, &mut || {
            // An observation that runs it once more has broken its word.
            if polled.is_none() {
                // What panics here is the call's, and none of those who watch is to blame.
                polled = Some(catch_unwind(AssertUnwindSafe(&mut part)));
            }
        });
        match polled {
            Some(Ok(polled)) => polled,
            Some(Err(panic)) => resume_unwind(panic),
            // One that does not run it has broken its word too; the call goes on without it.
            None => part(),
        }
    }
}

/// Runs code of those who watch, so that its panics stay its own: the call goes on, and the log says so.
fn guarded<T>(request: &Request, code: impl FnOnce() -> T) -> Option<T> {
    let run = catch_unwind(AssertUnwindSafe(code));
    run.map_err(|panic| {
        let panic = panic_message(panic);
        tracing::error!(path = request.path(), "an observer {panic}");
    })
    .ok()
}

/// A panic ends the one it comes from, and neither those around it nor the part.
fn within(request: &Request, observations: &[Box<dyn Observation>], part: &mut dyn FnMut()) {
    match observations.split_first() {
        None => part(),
        Some((first, rest)) => {
            guarded(request, || {
                first.run(&mut || within(request, rest, part));
            });
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let ending = match self.request.failure() {
            Some((code, status)) => Ending::Failed { code, status },
            None if self.complete => Ending::Completed,
            None => Ending::Abandoned,
        };
        for observation in self.observations.drain(..) {
            guarded(&self.request, || observation.end(ending));
        }
    }
}

/// The same answer, watched until its body has left.
pub(crate) fn watched(watch: Watch, mut answering: Answering) -> Answering {
    Answering::running(Box::pin(async move {
        let response =
            poll_fn(|context| watch.run(|| Pin::new(&mut answering).poll(context))).await;
        response.map(|body| {
            Body::new(WatchedBody {
                body,
                watch: Some(watch),
            })
        })
    }))
}

/// A response's body; its end is the call's.
struct WatchedBody {
    body: Body,
    watch: Option<Watch>,
}

impl WatchedBody {
    fn complete(&mut self) {
        if let Some(mut watch) = self.watch.take() {
            watch.complete = true;
        }
    }
}

impl http_body::Body for WatchedBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let mut poll = || Pin::new(&mut this.body).poll_frame(context);
        let polled = match &this.watch {
            Some(watch) => watch.run(poll),
            None => poll(),
        };
        let ended = match &polled {
            Poll::Ready(None) => true,
            // Trailers are the last frame, and nobody asks for one more.
            Poll::Ready(Some(Ok(frame))) => frame.is_trailers() || this.body.is_end_stream(),
            _ => false,
        };
        if ended {
            this.complete();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        // A body without bytes is never asked for any.
        if self.body.is_end_stream() {
            self.complete();
        }
    }
}
