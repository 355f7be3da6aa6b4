//! tarpc, measured: the service that its server has. Its messages are Rust types, sent with bincode over TCP.

mod messages;
mod service;

pub use messages::{Label, LogBatch, LogRecord, Place, Severity, log};
pub use service::{Bench, BenchClient, Service};
