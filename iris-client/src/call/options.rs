//! What one call has of its own.

use crate::{IrisError, Metadata, Status};
use iris_core::InvalidMetadata;
use std::time::Duration;

/// Deadline and metadata of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) deadline: Option<Duration>,
    pub(crate) metadata: Metadata,
    /// The first name or value that cannot be sent: it fails the call, not the building of it.
    invalid: Option<InvalidMetadata>,
}

impl Options {
    pub(crate) fn metadata(&mut self, name: &str, value: &str) {
        let result = self.metadata.append(name, value);
        self.note(result);
    }

    pub(crate) fn metadata_bytes(&mut self, name: &str, value: &[u8]) {
        let result = self.metadata.append_bytes(name, value);
        self.note(result);
    }

    fn note(&mut self, result: Result<(), InvalidMetadata>) {
        if let Err(error) = result {
            self.invalid.get_or_insert(error);
        }
    }

    /// Whether everything can be sent.
    pub(crate) fn check(&self) -> Result<(), IrisError> {
        match &self.invalid {
            None => Ok(()),
            Some(error) => Err(IrisError::communication(
                Status::InvalidArgument,
                error.to_string(),
            )
            .with_source(error.clone())),
        }
    }
}
