//! The client of tarpc.

use rpc_peer::client::{self, Caller, Target, Work};
use rpc_peer::{Counting, Failure, TEXT};
use rpc_tarpc::{BenchClient, LogBatch, log};
use std::process::ExitCode;
use std::sync::Arc;
use tarpc::tokio_serde::formats::Bincode;
use tarpc::{context, serde_transport::tcp};

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

#[derive(Clone)]
struct Calls {
    client: BenchClient,
    /// Sent instead of an echo, where the log is what is measured.
    batch: Option<Arc<LogBatch>>,
}

impl Caller for Calls {
    async fn call(&mut self) -> Result<(), Failure> {
        let right = match &self.batch {
            Some(batch) => {
                let wanted = batch.records.len() as u64;
                let batch = LogBatch::clone(batch);
                self.client.log(context::current(), batch).await? == wanted
            }
            None => {
                let text = "x".repeat(TEXT);
                self.client.echo(context::current(), text).await?.len() == TEXT
            }
        };
        match right {
            true => Ok(()),
            false => Err("the answer is something else".into()),
        }
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |Target { address, work, .. }| {
        let transport = tcp::connect(address, Bincode::default).await?;
        Ok(Calls {
            client: BenchClient::new(tarpc::client::Config::default(), transport).spawn(),
            batch: (work == Work::Log).then(|| Arc::new(log())),
        })
    })
}
