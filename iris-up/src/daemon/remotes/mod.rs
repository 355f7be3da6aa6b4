//! What can be asked of a daemon.

pub mod access;
pub mod apps;
pub mod artifacts;
pub mod functions;
pub mod sandbox;
