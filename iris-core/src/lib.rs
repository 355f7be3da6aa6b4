//! What an Iris server runs on, and the small kernel its clients share.

mod body;
pub mod deadline;
pub mod error;
pub mod json;
mod message;
mod metadata;
pub mod wire;

pub use body::Body;
pub use error::{ErrorCodes, ErrorDetail, IrisError, Status, code};
pub use message::{DecodeError, Format, Message};
pub use metadata::{InvalidMetadata, Metadata};

/// What generated code names. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use bytes;
    pub use prost;
    pub use prost_types;
    pub use serde;
}
