//! Generates clients and schemas from annotated remotes.

mod output;
pub mod schema;

pub use output::GeneratedFile;
