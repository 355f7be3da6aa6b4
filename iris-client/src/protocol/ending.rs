//! How an answer in envelopes ended.

use crate::{IrisError, Metadata};

/// How an answer ended: well where there is no error.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) error: Option<IrisError>,
    /// What came after the messages, without the protocol's own.
    pub(super) trailers: Metadata,
}

impl From<IrisError> for Ending {
    /// Without trailers.
    fn from(error: IrisError) -> Self {
        Ending {
            error: Some(error),
            trailers: Metadata::new(),
        }
    }
}
