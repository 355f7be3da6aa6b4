//! What an instance has under way, so that it is not ended before it is done.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

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

    /// Waits until nobody has been inside for so long.
    pub(crate) async fn quiet(&self, time: Duration) {
        let mut inside = self.0.subscribe();
        loop {
            // The sender is here.
            let _ = inside.wait_for(|inside| inside.count == 0).await;
            if timeout(time, inside.changed()).await.is_err() {
                return;
            }
        }
    }

    /// Does something where nobody is inside, and lets nobody in before it is done. `false` where somebody is.
    pub(crate) fn while_empty(&self, work: impl FnOnce()) -> bool {
        let mut done = false;
        self.0.send_if_modified(|inside| {
            done = inside.count == 0;
            if done {
                work();
            }
            false
        });
        done
    }

    /// Waits until somebody is inside.
    pub(crate) async fn entered(&self) {
        // The sender is here.
        let _ = self.0.subscribe().wait_for(|inside| inside.count > 0).await;
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

    #[tokio::test(start_paused = true)]
    async fn it_is_quiet_once_nobody_has_been_inside_for_a_while() {
        const WHILE: Duration = Duration::from_secs(5);
        let gate = Gate::new();
        let entered = gate.enter().unwrap();
        assert!(!gate.while_empty(|| unreachable!()));
        let quiet = gate.quiet(WHILE);
        let mut quiet = std::pin::pin!(quiet);
        assert!(timeout(2 * WHILE, &mut quiet).await.is_err());
        drop(entered);
        assert!(timeout(WHILE / 2, &mut quiet).await.is_err());
        // Whoever only passes through counts, too.
        drop(gate.enter());
        assert!(timeout(WHILE * 3 / 4, &mut quiet).await.is_err());
        assert!(timeout(WHILE, &mut quiet).await.is_ok());
        assert!(gate.while_empty(|| {}));
    }
}
