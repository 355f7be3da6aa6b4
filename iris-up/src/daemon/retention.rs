//! How much is kept of what is old.

use std::time::Duration;

/// How much is kept of what is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How many versions of an app, the latest first, beside the one that runs.
    pub versions: u32,
    /// How long what was uploaded and no version is made of stays after it came, or was asked for: its push is on its way.
    pub unused: Duration,
}

impl Default for Retention {
    /// Twenty versions, and an hour.
    fn default() -> Self {
        Retention {
            versions: 20,
            unused: Duration::from_secs(60 * 60),
        }
    }
}
