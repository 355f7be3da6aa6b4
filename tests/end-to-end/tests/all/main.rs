//! Behaviour through public doors: real sockets, the generated client, tonic, and requests by hand.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

mod any;
mod calls;
mod cancelling;
mod certificates;
mod compression;
mod connections;
mod cors;
#[expect(
    dead_code,
    reason = "what each may cost is for the program that measures it"
)]
#[path = "../shared/endless.rs"]
mod endless;
mod errors;
mod filters;
mod foreign_grpc;
mod foreign_grpc_web;
mod frames;
mod gone;
mod grpc_web;
mod handing_over;
mod health;
mod held_back;
mod hostile;
mod hostile_answers;
mod hostile_floods;
mod hostile_heads;
mod hostile_messages;
mod hostile_metadata;
mod hostile_silence;
mod large_bytes;
mod large_errors;
mod layers;
mod lifecycle;
mod limits;
mod log;
mod mounting;
mod observing;
mod others;
mod pages;
mod plain_http;
mod reflection;
mod shapes;
#[cfg(unix)]
mod signals;
mod start;
mod support;
mod tls;
mod unread;
mod websocket;
