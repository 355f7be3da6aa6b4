//! Where processes are that belong together: a control group, where there are such. It ends with the last of them.

use crate::daemon::containment::cell::Group;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Processes that belong together.
#[derive(Debug)]
pub(crate) struct Enclosure {
    group: Option<Group>,
    /// How many are in it of those that the daemon has started.
    inside: AtomicUsize,
}

/// A process that is in an enclosure, until this is dropped.
#[derive(Debug)]
pub(super) struct Inside {
    enclosure: Arc<Enclosure>,
    has_left: bool,
}

/// An enclosure that a process has left.
pub(super) struct Left {
    enclosure: Arc<Enclosure>,
    was_last: bool,
}

impl Enclosure {
    pub(crate) fn new(group: Option<Group>) -> Enclosure {
        Enclosure {
            group,
            inside: AtomicUsize::new(0),
        }
    }

    pub(crate) fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    pub(super) fn enter(self: &Arc<Self>) -> Inside {
        self.inside.fetch_add(1, Ordering::AcqRel);
        Inside {
            enclosure: self.clone(),
            has_left: false,
        }
    }
}

impl Drop for Enclosure {
    /// Nothing came of it, or its last process has removed it.
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            group.give_up();
        }
    }
}

impl Inside {
    /// The process has ended.
    pub(super) fn leave(mut self) -> Left {
        self.has_left = true;
        let were_inside = self.enclosure.inside.fetch_sub(1, Ordering::AcqRel);
        Left {
            enclosure: self.enclosure.clone(),
            was_last: were_inside == 1,
        }
    }
}

impl Drop for Inside {
    /// Where it never came to be watched.
    fn drop(&mut self) {
        if !self.has_left {
            self.enclosure.inside.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Left {
    /// The group, whoever else is in there.
    pub(super) fn group(&self) -> Option<&Group> {
        self.enclosure.group()
    }

    /// The same, where nobody else is in there but what processes have left behind.
    pub(super) fn emptied(&self) -> Option<&Group> {
        self.group().filter(|_| self.was_last)
    }
}
