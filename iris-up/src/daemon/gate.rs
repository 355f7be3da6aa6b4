//! What an instance has under way, so that it is not ended before it is done.

use std::sync::Arc;
use tokio::sync::watch;

/// Lets requests in until it is closed, and knows how many are inside.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<watch::Sender<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    count: usize,
    closed: bool,
}

/// A request that is under way for as long as this exists, or a clone of it.
#[derive(Debug)]
pub(crate) struct Entered(Gate);

impl Gate {
    pub(crate) fn new() -> Gate {
        Gate(Arc::new(watch::Sender::default()))
    }

    /// Lets a request in; `None` where it is closed.
    pub(crate) fn enter(&self) -> Option<Entered> {
        let open = self.0.send_if_modified(|inside| {
            inside.count += usize::from(!inside.closed);
            !inside.closed
        });
        open.then(|| Entered(self.clone()))
    }

    /// Lets nobody in any more, and waits until nobody is inside.
    pub(crate) async fn close(&self) {
        self.0.send_modify(|inside| inside.closed = true);
        let mut inside = self.0.subscribe();
        // The sender is here.
        let _ = inside.wait_for(|inside| inside.count == 0).await;
    }
}

impl Clone for Entered {
    /// Whoever is inside may bring others in.
    fn clone(&self) -> Self {
        self.0.0.send_modify(|inside| inside.count += 1);
        Entered(self.0.clone())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.send_modify(|inside| inside.count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn it_closes_once_all_have_left() {
        let gate = Gate::new();
        let first = gate.enter().unwrap();
        let closing = gate.close();
        let mut closing = std::pin::pin!(closing);
        assert!(closing.as_mut().now_or_never().is_none());
        assert!(gate.enter().is_none());
        let second = first.clone();
        drop(first);
        assert!(closing.as_mut().now_or_never().is_none());
        drop(second);
        assert!(closing.now_or_never().is_some());
    }
}
