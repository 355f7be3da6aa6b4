//! What a run did, and what it leaves for cargo to watch.

use crate::cargo;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What was generated.
#[derive(Debug, Default)]
pub struct Outcome {
    pub(crate) written: Vec<PathBuf>,
    pub(crate) removed: Vec<PathBuf>,
    pub(crate) watched: BTreeSet<PathBuf>,
}

impl Outcome {
    /// The files that were written, the ones in `OUT_DIR` and the lock aside.
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// The files that were removed because nothing generates them any more.
    pub fn removed(&self) -> &[PathBuf] {
        &self.removed
    }

    /// What a build script prints: when cargo runs it again, and what was written.
    pub fn cargo_instructions(&self) -> Vec<String> {
        cargo::instructions(self)
    }
}
