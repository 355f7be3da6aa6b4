//! Listening, connections and draining.

mod connection;
mod corked;
mod cors;
mod first_bytes;
mod http_server;
mod inline;
mod listener;
mod running;
mod turn;

pub use http_server::HttpServer;
pub use listener::Address;
pub(crate) use running::checked_prefix;
pub use running::{Drained, Running};

use std::time::Duration;

/// How long calls in flight may take to finish when the application stops: 30 seconds.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
