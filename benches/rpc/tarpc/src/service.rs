//! What tarpc has of what every peer implements: calls without streams.

// The attribute writes functions and types without documentation.
#![allow(missing_docs)]

use crate::LogBatch;
use tarpc::context::Context;

/// What every peer implements, without the streams, which tarpc does not have.
#[tarpc::service]
pub trait Bench {
    /// The same back.
    async fn echo(text: String) -> String;
    /// How many records there are.
    async fn log(batch: LogBatch) -> u64;
}

/// What every peer implements.
#[derive(Debug, Clone)]
pub struct Service;

impl Bench for Service {
    async fn echo(self, _: Context, text: String) -> String {
        text
    }

    async fn log(self, _: Context, batch: LogBatch) -> u64 {
        batch.records.len() as u64
    }
}
