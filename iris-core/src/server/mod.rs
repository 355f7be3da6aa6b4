//! Listening, connections and draining.

mod activity;
mod admission;
mod backpressure;
mod connection;
mod corked;
mod cors;
mod exchange;
mod first_bytes;
mod http_server;
mod inline;
mod layers;
mod leaving;
mod limits;
mod linger;
mod listener;
mod open;
mod pace;
mod patience;
mod patient;
mod piece;
mod received;
mod running;
mod sending;
mod signals;
mod socket;
#[cfg(feature = "tls")]
mod tls;
mod turn;
#[cfg(feature = "websocket")]
mod upgrade;

#[cfg(feature = "websocket")]
pub(crate) use activity::lifetime;
#[cfg(feature = "websocket")]
pub(crate) use cors::Cors;
pub use http_server::HttpServer;
pub use layers::HttpService;
#[cfg(feature = "websocket")]
pub(crate) use limits::LimitNames;
#[cfg(feature = "websocket")]
pub(crate) use limits::Limits;
#[cfg(feature = "websocket")]
pub(crate) use linger::linger;
pub use listener::Address;
pub(crate) use pace::Pace;
pub(crate) use received::Received;
pub(crate) use running::checked_prefix;
#[cfg(feature = "websocket")]
pub(crate) use running::stopped;
pub use running::{Drained, Running};
#[cfg(feature = "tls")]
pub use tls::{Identity, Pem, Tls, TlsError, TlsHandle};

use std::time::Duration;

/// How long calls in flight may take to finish when the application stops: 30 seconds.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
