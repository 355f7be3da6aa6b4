//! What an Iris server runs on, and the small kernel its clients share.

pub mod error;
pub mod json;
mod message;

pub use error::{ErrorCodes, ErrorDetail, IrisError, Status, code};
pub use message::{DecodeError, Format, Message};
