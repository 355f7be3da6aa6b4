//! The body of an answer on its way out.

use super::activity::InFlight;
use super::piece::{Piece, Progress};
use super::sending::{Did, tell, tell_progress};
use crate::Body;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

type BoxError = Box<dyn Error + Send + Sync>;

/// Of a piece that is no longer than this nobody asks whether it has left: the stack asks for another once those before are on
/// their way, so that it can be the last alone, and most answers would pay for it. What is left of it when its caller does
/// not read stays until the connection ends.
const SHORT: usize = 64 * 1024;

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
        // Where it has given a long piece.
        progress: Option<Arc<Progress>>,
        // The end, which waits until all long pieces have left: behind it nobody could give the answer up.
        end: Option<End>,
    }
}

enum End {
    Nothing,
    Trailers(HeaderMap),
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
        let this = self.project();
        if !*this.by_http2 {
            let polled = this.body.poll_frame(context);
            return polled.map_ok(|frame| frame.map_data(Piece::plain));
        }
        if this.end.is_none() {
            let Poll::Ready(frame) = this.body.poll_frame(context) else {
                tell(Did::Nothing);
                return Poll::Pending;
            };
            let end = match frame.transpose()?.map(Frame::into_data) {
                Some(Ok(data)) => {
                    tell(Did::Give);
                    let piece = piece(data, this.progress);
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                Some(Err(frame)) => frame.into_trailers().ok().map(End::Trailers),
                None => None,
            };
            *this.end = Some(end.unwrap_or(End::Nothing));
        }
        tell(Did::Nothing);
        if let Some(progress) = this.progress {
            ready!(progress.poll_none_left(context));
        }
        Poll::Ready(match this.end.replace(End::Nothing) {
            Some(End::Trailers(trailers)) => Some(Ok(Frame::trailers(trailers))),
            Some(End::Nothing) | None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        let all_left = || {
            let progress = self.progress.as_ref();
            progress.is_none_or(|progress| progress.left() == 0)
        };
        self.head_alone
            || match self.end {
                Some(End::Trailers(_)) => false,
                Some(End::Nothing) => all_left(),
                None => self.body.is_end_stream() && all_left(),
            }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A piece, which is watched where it is long.
fn piece(data: Bytes, progress: &mut Option<Arc<Progress>>) -> Piece {
    if data.len() <= SHORT {
        return Piece::plain(data);
    }
    let progress = progress.get_or_insert_with(|| {
        let progress = Arc::default();
        tell_progress(&progress);
        progress
    });
    Piece::watched(data, progress)
}
