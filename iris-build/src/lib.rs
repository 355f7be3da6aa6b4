//! Generates clients and schemas from annotated remotes.

pub mod schema;
