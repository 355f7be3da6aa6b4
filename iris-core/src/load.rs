//! How many calls an application serves at once.

use crate::{IrisError, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the calls in flight, and lets no more in than it may. A clone counts the same calls.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    most: usize,
    in_flight: Arc<AtomicUsize>,
}

/// One call's place; free again once it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Load {
    pub(crate) fn new(most: usize) -> Self {
        Load {
            most,
            in_flight: Arc::default(),
        }
    }

    /// A place for one more call.
    ///
    /// # Errors
    ///
    /// Where all are taken: `unavailable`, at once, since a queue would keep callers waiting for what
    /// they may have given up.
    pub(crate) fn place(&self) -> Result<Place, IrisError> {
        let place = Place(self.in_flight.clone());
        match self.in_flight.fetch_add(1, Ordering::Relaxed) < self.most {
            true => Ok(place),
            false => Err(IrisError::communication(
                Status::Unavailable,
                format!(
                    "the server has {} calls in flight and takes no more; try again later",
                    self.most
                ),
            )),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
