//! The client against small servers with scripted answers, over real sockets.
#![allow(
    clippy::unwrap_used,
    reason = "servers of a test fail by panicking, as the test does"
)]

mod answers;
mod compression;
mod connecting;
mod connections;
mod cookies;
mod deadlines;
mod endpoints;
mod failures;
mod families;
mod grpc;
mod grpc_web;
mod heads;
mod health;
mod hedging;
mod http2;
mod layers;
mod messages;
mod methods;
mod mock;
mod peer;
mod retries;
mod server;
mod strangers;
mod streams;
#[cfg(feature = "tls")]
mod tls;
mod unary;
mod unprocessed;
