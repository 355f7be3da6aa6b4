//! Where the names of an object's members are put while they are read.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// A string that is used again for the next object of the same thread: messages have many, and their names are short.
pub(crate) struct Name(String);

/// Names beyond this length, in bytes, are no fields' and are not kept.
const KEPT_LENGTH: usize = 256;

/// As many as objects may stand inside each other.
const KEPT: usize = 128;

thread_local! {
    static UNUSED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

impl Name {
    pub(crate) fn new() -> Self {
        // Where the thread is ending there are none any more.
        let unused = UNUSED.try_with(|unused| unused.borrow_mut().pop());
        Name(unused.ok().flatten().unwrap_or_default())
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if (1..=KEPT_LENGTH).contains(&self.0.capacity()) {
            let mut name = std::mem::take(&mut self.0);
            name.clear();
            let _ = UNUSED.try_with(|unused| {
                let mut unused = unused.borrow_mut();
                if unused.len() < KEPT {
                    unused.push(name);
                }
            });
        }
    }
}

impl Deref for Name {
    type Target = String;

    fn deref(&self) -> &String {
        &self.0
    }
}

impl DerefMut for Name {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.0
    }
}
