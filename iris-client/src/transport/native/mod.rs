//! HTTP over sockets: addresses, connections, TLS.

mod address;
mod addresses;
mod carried;
mod connection;
mod connections;
mod connector;
mod elsewhere;
mod failure;
mod gathered;
mod http;
mod load;
#[cfg(feature = "tls")]
mod renewed;
mod resolve;
mod socket;
mod standing;
mod tasks;
#[cfg(feature = "tls")]
mod tls;
mod waiting;

pub(crate) use connector::Connecting;
pub(crate) use elsewhere::{Elsewhere, Pinned};
pub(crate) use failure::{ConnectFailure, Via};
pub(crate) use http::{HEAD_LIMIT, Http, PING_TIMEOUT, Spreading};
pub(crate) use resolve::Resolver;
#[cfg(feature = "tls")]
pub(crate) use tls::{Trust, refusal};
