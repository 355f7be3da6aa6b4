//! The requests of a call that sends a stream.

use super::cancel::Cancel;
use crate::packed::unpack;
use crate::suite::ClientCompatRequest;
use futures_util::{Stream, stream};
use prost::{Message, Name};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use std::vec;
use tokio::sync::oneshot;

/// The requests of a call.
pub(super) fn all<M: Message + Name + Default>(
    asked: &ClientCompatRequest,
) -> Result<Vec<M>, String> {
    asked.request_messages.iter().map(unpack).collect()
}

/// The pause before each request.
pub(super) fn pause(asked: &ClientCompatRequest) -> Duration {
    Duration::from_millis(asked.request_delay_ms.into())
}

/// What is known of requests on their way.
pub(super) struct Sending {
    told: oneshot::Receiver<()>,
    left: Arc<AtomicI32>,
}

impl Sending {
    /// Is done once the connection has taken every request, and found that there is no more.
    pub(super) async fn all(&mut self) {
        if (&mut self.told).await.is_err() {
            // The requests were dropped before their end: the call has ended otherwise.
            pending::<()>().await;
        }
    }

    /// How many requests the connection has not taken.
    pub(super) fn left(&self) -> i32 {
        self.left.load(Ordering::Relaxed)
    }
}

struct State<M> {
    messages: vec::IntoIter<M>,
    tell: Option<oneshot::Sender<()>>,
    left: Arc<AtomicI32>,
}

/// The requests as a stream, taken as fast as the connection sends them. A call that is cancelled before the stream's end has none.
pub(super) fn stream<M>(
    messages: Vec<M>,
    pause: Duration,
    cancel: Cancel,
) -> (impl Stream<Item = M> + Send + 'static, Sending)
where
    M: Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let left = Arc::new(AtomicI32::new(
        i32::try_from(messages.len()).unwrap_or(i32::MAX),
    ));
    let state = State {
        messages: messages.into_iter(),
        tell: Some(tell),
        left: left.clone(),
    };
    let stream = stream::unfold(state, move |mut state| async move {
        if let Some(message) = state.messages.next() {
            tokio::time::sleep(pause).await;
            state.left.fetch_sub(1, Ordering::Relaxed);
            return Some((message, state));
        }
        if let Some(tell) = state.tell.take() {
            // Nobody listens where the call is not to be cancelled.
            let _ = tell.send(());
        }
        if cancel == Cancel::BeforeClose {
            pending::<()>().await;
        }
        None
    });
    (stream, Sending { told, left })
}
