//! Generates clients and schemas from annotated remotes.

pub mod contract;
pub mod lock;
mod output;
pub mod schema;

pub use output::GeneratedFile;
