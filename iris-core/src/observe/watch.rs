//! One call with those who watch it.

use super::{Ending, Observation, Observer, StartedCall};
use crate::answering::Answering;
use crate::guard::panic_message;
use crate::{Body, Request};
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use std::any::Any;
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
        // Here it would take the whole connection along.
        let begin = |observer: &Arc<dyn Observer>| contained(|| observer.begin(&call)).flatten();
        let observations: Vec<_> = observers.iter().filter_map(begin).collect();
        (!observations.is_empty()).then(|| Watch {
            request: request.clone(),
            observations,
            complete: false,
        })
    }

    /// Runs a part of the call, within what each of them needs around it.
    fn run<T>(&self, mut part: impl FnMut() -> Poll<T>) -> Poll<T> {
        let (mut polled, mut begun) = (None, false);
        let watched = catch_unwind(AssertUnwindSafe(|| {
            within(&self.observations, &mut || {
                // An observation that runs it once more has broken its word.
                if !begun {
                    begun = true;
                    polled = Some(part());
                }
            });
        }));
        match (polled, watched) {
            (Some(polled), watched) => {
                if let Err(panic) = watched {
                    tell(panic);
                }
                polled
            }
            // The part itself panicked.
            (None, Err(panic)) if begun => resume_unwind(panic),
            // Whoever does not run it has broken its word as well; the call goes on without it.
            (None, watched) => {
                if let Err(panic) = watched {
                    tell(panic);
                }
                part()
            }
        }
    }
}

fn within(observations: &[Box<dyn Observation>], part: &mut dyn FnMut()) {
    match observations.split_first() {
        None => part(),
        Some((first, rest)) => first.run(&mut || within(rest, part)),
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
            contained(|| observation.end(ending));
        }
    }
}

/// What an observer does, without what its panics would do to others. `None` where it panicked.
fn contained<T>(observer: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(observer)).map_err(tell).ok()
}

fn tell(panic: Box<dyn Any + Send>) {
    tracing::error!("an observer {}", panic_message(panic));
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
