//! The remotes that are called.

pub mod bench;
pub mod filtered;
