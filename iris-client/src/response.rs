//! An answer with its metadata.

use crate::Metadata;

/// A message and the metadata that came with it.
///
/// From `with_response()` on a call that answers one message.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response<M> {
    /// The message.
    pub message: M,
    /// What came before the message: the HTTP headers, the protocol's own included.
    pub metadata: Metadata,
    /// What came after the message.
    pub trailers: Metadata,
}
