//! How many bytes are kept of apps, by the places where they are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is kept where.
#[derive(Debug, Default)]
pub(super) struct Kept {
    bytes: HashMap<PathBuf, u64>,
    total: u64,
}

impl Kept {
    /// Of all places together.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// So much is there, whatever was before.
    pub(super) fn set(&mut self, place: &Path, bytes: u64) {
        let before = self.bytes.insert(place.to_owned(), bytes);
        self.total = self.total.saturating_sub(before.unwrap_or_default());
        self.total = self.total.saturating_add(bytes);
    }

    /// So much more is there.
    pub(super) fn add(&mut self, place: &Path, bytes: u64) {
        let before = self.bytes.get(place).copied().unwrap_or_default();
        self.set(place, before.saturating_add(bytes));
    }

    /// Nothing is there any more.
    pub(super) fn forget(&mut self, place: &Path) {
        let before = self.bytes.remove(place);
        self.total = self.total.saturating_sub(before.unwrap_or_default());
    }

    /// What was there is elsewhere.
    pub(super) fn moved(&mut self, from: &Path, to: &Path) {
        if let Some(bytes) = self.bytes.get(from).copied() {
            self.forget(from);
            self.set(to, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_added_up() {
        let [one, two] = ["one", "two"].map(Path::new);
        let mut kept = Kept::default();
        kept.add(one, 3);
        kept.add(one, 4);
        kept.set(two, 10);
        assert_eq!(kept.total(), 17);
        kept.moved(one, two);
        assert_eq!(kept.total(), 7);
        kept.moved(one, two);
        kept.forget(one);
        assert_eq!(kept.total(), 7);
        kept.forget(two);
        kept.forget(two);
        assert_eq!(kept.total(), 0);
    }
}
