//! Clients of which nothing was known but descriptors.

#![expect(clippy::unwrap_used, reason = "a test stops at what should not be")]

mod calls;
mod foreign;
mod javascript;
mod names;
mod server;
