//! When a call is to be cancelled. Cancelling is dropping: what was awaited, or the stream.

use crate::suite::client_compat_request::{Cancel as Asked, cancel::CancelTiming};
use std::future::pending;
use std::time::Duration;

/// When a call is to be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cancel {
    Never,
    /// Instead of ending the stream of requests.
    BeforeClose,
    /// This long after the last request.
    AfterClose(Duration),
    /// When this many answers have arrived.
    AfterAnswers(usize),
}

impl Cancel {
    pub(super) fn of(asked: Option<&Asked>) -> Self {
        let Some(asked) = asked else {
            return Cancel::Never;
        };
        match asked.cancel_timing {
            Some(CancelTiming::BeforeCloseSend(())) => Cancel::BeforeClose,
            Some(CancelTiming::AfterCloseSendMs(pause)) => {
                Cancel::AfterClose(Duration::from_millis(pause.into()))
            }
            Some(CancelTiming::AfterNumResponses(count)) => Cancel::AfterAnswers(count as usize),
            None => Cancel::AfterClose(Duration::ZERO),
        }
    }

    /// Is done when the call is to be cancelled, given what is done when the last request was sent. Answers are
    /// counted by who reads them.
    pub(super) async fn due(self, sent: impl Future<Output = ()>) {
        match self {
            Cancel::Never | Cancel::AfterAnswers(_) => pending().await,
            Cancel::BeforeClose => sent.await,
            Cancel::AfterClose(pause) => {
                sent.await;
                tokio::time::sleep(pause).await;
            }
        }
    }
}
