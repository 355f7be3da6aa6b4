//! The body of an answer on its way out.

use super::activity::InFlight;
use super::piece::{Piece, Progress};
use super::sending::{Did, tell, tell_progress};
use crate::Body;
use crate::pieces::LARGE;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

type BoxError = Box<dyn Error + Send + Sync>;

/// An answer of one message that is shorter is not watched: most are, and would pay for it. What is left of it when its caller does
/// not read stays until the connection ends. It has nothing that was handed over, which may keep far more than itself.
const SHORT: u64 = LARGE as u64;

/// The end of a stream does not wait for this many bytes to leave, unless they are of a long piece. It would make most streams longer by a turn of their
/// connection: one of 1,000 short messages costs a sixth more where it waits for all but 64 KiB.
const LAST: usize = 128 * 1024;

pin_project_lite::pin_project! {
    /// A response whose call is in flight until the body has left, or was given up.
    pub(crate) struct Leaving {
        #[pin]
        body: Body,
        in_flight: Option<InFlight>,
        // None of it is sent: the answer to HEAD (RFC 9110, section 9.3.2).
        head_alone: bool,
        // Where each answer has a window of its own.
        by_http2: bool,
        // Where it has given a piece that is watched.
        progress: Option<Arc<Progress>>,
        // The end, which waits until most has left: behind it nobody could give the answer up.
        end: Option<End>,
    }
}

enum End {
    Nothing,
    // Boxed, since few wait, and every call has room for one.
    Trailers(Box<HeaderMap>),
}

impl Leaving {
    pub(super) fn new(
        body: Body,
        in_flight: Option<InFlight>,
        head_alone: bool,
        by_http2: bool,
    ) -> Self {
        Leaving {
            body,
            in_flight,
            head_alone,
            by_http2,
            progress: None,
            end: None,
        }
    }
}

impl http_body::Body for Leaving {
    type Data = Piece;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, BoxError>>> {
        let mut this = self.project();
        if !*this.by_http2 {
            let polled = this.body.poll_frame(context);
            return polled.map_ok(|frame| frame.map_data(Piece::plain));
        }
        // Unless a piece follows.
        tell(Did::Nothing);
        if this.end.is_none() {
            let first = this
                .progress
                .is_none()
                .then(|| this.body.size_hint().exact());
            let frame = ready!(this.body.as_mut().poll_frame(context));
            let trailers = match frame.transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => {
                    tell(Did::Give);
                    if let Some(length) = first {
                        *this.progress = begun(length);
                    }
                    return Poll::Ready(Some(Ok(Frame::data(match this.progress {
                        Some(progress) => Piece::watched(data, progress),
                        None => Piece::plain(data),
                    }))));
                }
                Some(Err(frame)) => frame.into_trailers().ok(),
                None => None,
            };
            if has_left(this.progress.as_ref()) {
                return Poll::Ready(trailers.map(Frame::trailers).map(Ok));
            }
            let trailers = trailers.map(Box::new);
            *this.end = Some(trailers.map_or(End::Nothing, End::Trailers));
        }
        if let Some(progress) = this.progress {
            ready!(progress.poll_few_left(context));
        }
        Poll::Ready(match this.end.replace(End::Nothing) {
            Some(End::Trailers(trailers)) => Some(Ok(Frame::trailers(*trailers))),
            Some(End::Nothing) | None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        let has_left = || has_left(self.progress.as_ref());
        self.head_alone
            || match self.end {
                Some(End::Trailers(_)) => false,
                Some(End::Nothing) => has_left(),
                None => self.body.is_end_stream() && has_left(),
            }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether so much of a body has left that its end may follow.
fn has_left(progress: Option<&Arc<Progress>>) -> bool {
    progress.is_none_or(|progress| progress.has_few_left())
}

/// What watches a body of this length, where it is worth it.
fn begun(length: Option<u64>) -> Option<Arc<Progress>> {
    let few = match length {
        Some(length) if length < SHORT => return None,
        Some(_) => 0,
        None => LAST,
    };
    let progress = Arc::new(Progress::new(few));
    tell_progress(&progress);
    Some(progress)
}
