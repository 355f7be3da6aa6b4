//! Versions that are an app's no longer, and still have something under way. The app changes on meanwhile: whoever goes back
//! from a bad version does not wait for what that one has begun.

use crate::daemon::instance::Instance;
use futures_util::future::join_all;
use std::sync::Arc;
use tokio::sync::watch;

/// How many of them an app has before the next change waits: each has processes of its own.
const MOST: usize = 4;

/// How many of them there are.
#[derive(Debug)]
pub(super) struct Leaving(watch::Sender<usize>);

/// Some of them, until this is dropped.
pub(super) struct Left<'a> {
    count: &'a watch::Sender<usize>,
    instances: Vec<Arc<dyn Instance>>,
}

impl Leaving {
    pub(super) fn new() -> Leaving {
        Leaving(watch::Sender::new(0))
    }

    /// These are the app's no longer.
    pub(super) fn add(&self, instances: Vec<Arc<dyn Instance>>) -> Left<'_> {
        self.0.send_modify(|count| *count += instances.len());
        Left {
            count: &self.0,
            instances,
        }
    }

    pub(super) fn is_any(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Waits until there may be more of them.
    pub(super) async fn room(&self) {
        // The sender is here.
        let _ = self.0.subscribe().wait_for(|count| *count < MOST).await;
    }

    /// Waits until there are none.
    pub(super) async fn none(&self) {
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Left<'_> {
    /// Lets them finish what they have to do, and ends their processes.
    pub(super) async fn stop(self) {
        join_all(self.instances.iter().map(|instance| instance.stop())).await;
    }
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        self.count
            .send_modify(|count| *count -= self.instances.len());
    }
}
