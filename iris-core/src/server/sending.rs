//! An answer over HTTP/2 that its caller does not take.
//!
//! The HTTP stack asks the body of an answer for a piece, and then waits until its caller's window has room for it. It does
//! not ask the body meanwhile, so that a timer there would wake nobody. Whoever polls the answer may have one. The stack has
//! no way to tell them of the body; but both are polled by one thread, the body within the answer, so that it leaves word
//! there. An answer that is dropped resets its stream, and the stack forgets what it has of it.

use super::backpressure::Backpressure;
use super::patience::Patience;
use super::piece::Progress;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// What a body did when it was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// It gave a piece, and was not asked for another yet: that piece waits.
    Give,
    /// It has nothing to give now.
    Nothing,
}

thread_local! {
    static DID: Cell<Option<Did>> = const { Cell::new(None) };
    /// Whether there is something behind it, which is dearer to look at.
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static PROGRESS: Cell<Option<Arc<Progress>>> = const { Cell::new(None) };
}

/// Leaves word for whoever polls the answer of this body.
pub(super) fn tell(did: Did) {
    DID.set(Some(did));
}

/// The same of where it can be seen how far its pieces have left.
pub(super) fn tell_progress(progress: &Arc<Progress>) {
    WATCHED.set(true);
    PROGRESS.set(Some(progress.clone()));
}

/// Forgets what was left by the body of another answer, before this one is polled.
pub(super) fn forget() {
    DID.set(None);
    if WATCHED.take() {
        PROGRESS.set(None);
    }
}

pin_project_lite::pin_project! {
    /// A call over HTTP/2 that goes on as a task, and ends where nothing of its answer is taken for too long.
    pub(super) struct Sending<F> {
        #[pin]
        call: F,
        reader: Reader,
    }
}

/// Whoever is to take the answer.
struct Reader {
    /// A piece waits in the body's hands.
    is_given: bool,
    /// How far the pieces have left that the stack has.
    progress: Option<Arc<Progress>>,
    /// As of the last look.
    moves: usize,
    patience: Patience,
    /// While its connection takes nothing no answer can leave; the socket knows for how long that may be.
    backpressure: Backpressure,
}

impl<F> Sending<F> {
    /// A call that was not polled yet.
    pub(super) fn new(call: F, timeout: Option<Duration>, backpressure: Backpressure) -> Self {
        let reader = Reader {
            is_given: false,
            progress: None,
            moves: 0,
            patience: Patience::new(timeout),
            backpressure,
        };
        Sending { call, reader }
    }

    /// A call that was polled just now, on this thread.
    pub(super) fn begun(call: F, timeout: Option<Duration>, backpressure: Backpressure) -> Self {
        let mut sending = Sending::new(call, timeout, backpressure);
        sending.reader.hear();
        sending
    }
}

impl Reader {
    /// Takes in what the body said.
    fn hear(&mut self) {
        if WATCHED.take() {
            self.progress = PROGRESS.take();
        }
        let Some(did) = DID.take() else {
            return;
        };
        // It was asked for more, so that what it gave before is on its way.
        if self.is_given || did == Did::Give {
            self.patience.renew();
        }
        self.is_given = did == Did::Give;
    }

    /// Ready once the caller took nothing for too long of what waits for it.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut waits = self.is_given;
        if let Some(progress) = &self.progress
            && progress.left() > 0
        {
            waits = true;
            let moves = progress.moves();
            if moves != self.moves {
                self.moves = moves;
                self.patience.renew();
            }
        }
        if !waits {
            self.patience.renew();
            return Poll::Pending;
        }
        self.patience.poll(self.backpressure.time(), context)
    }
}

impl<F: Future<Output = ()>> Future for Sending<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        forget();
        if this.call.poll(context).is_ready() {
            return Poll::Ready(());
        }
        this.reader.hear();
        ready!(this.reader.poll(context));
        tracing::debug!("an answer was given up, of which its caller took nothing for too long");
        // The task drops the call, and all that it holds.
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::piece::Piece;
    use bytes::{Buf, Bytes};
    use std::future::poll_fn;
    use tokio::time::Instant;

    const LIMIT: Duration = Duration::from_secs(60);

    /// A call whose body does this whenever it is polled, and that never ends by itself.
    fn call(mut body: impl FnMut()) -> impl Future<Output = ()> {
        poll_fn(move |_| {
            body();
            Poll::Pending
        })
    }

    async fn lasts(call: impl Future<Output = ()>) -> Option<Duration> {
        let begun = Instant::now();
        let sending = Sending::new(call, Some(LIMIT), Backpressure::default());
        let ended = tokio::time::timeout(10 * LIMIT, sending).await;
        ended.ok().map(|()| begun.elapsed())
    }

    fn is_about(limit: Duration, lasted: Option<Duration>) {
        let differs = lasted.map(|lasted| lasted.abs_diff(limit));
        let is_little = differs.is_some_and(|differs| differs < Duration::from_millis(10));
        assert!(is_little, "{lasted:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_piece_that_is_not_taken_ends_its_call_and_nothing_to_give_does_not() {
        let mut gave = false;
        let waiting = call(move || {
            if !std::mem::replace(&mut gave, true) {
                tell(Did::Give);
            }
        });
        is_about(LIMIT, lasts(waiting).await);
        assert_eq!(lasts(call(|| tell(Did::Nothing))).await, None);
        assert_eq!(lasts(call(|| ())).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_stack_has_counts_and_each_byte_of_it_that_leaves() {
        let progress = Arc::new(Progress::new(0));
        let mut piece = Piece::watched(Bytes::from_static(&[0; 100]), &progress);
        let told = progress.clone();
        let mut begun = false;
        let sending = call(move || {
            if !std::mem::replace(&mut begun, true) {
                tell_progress(&told);
                tell(Did::Nothing);
            }
        });
        let leaving = async {
            for _ in 0..5 {
                tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
                piece.advance(1);
            }
            piece
        };
        let (lasted, piece) = tokio::join!(lasts(sending), leaving);
        // How long ago a byte left is not known better than to the last look.
        let lasted = lasted.unwrap();
        assert!(lasted > 5 * LIMIT && lasted < 8 * LIMIT, "{lasted:?}");
        drop(piece);
        assert_eq!(progress.left(), 0);
    }
}
