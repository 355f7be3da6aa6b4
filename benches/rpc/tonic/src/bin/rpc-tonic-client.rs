//! The client of tonic.

use rpc_peer::client::{self, Caller, Target};
use rpc_peer::{Counting, Failure, TEXT};
use rpc_tonic::messages::{Text, bench_client::BenchClient};
use std::process::ExitCode;
use tonic::transport::Channel;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

#[derive(Clone)]
struct Echo(BenchClient<Channel>);

impl Caller for Echo {
    async fn call(&self) -> Result<(), Failure> {
        let text = "x".repeat(TEXT);
        let answer = self.0.clone().echo(Text { text }).await?.into_inner();
        match answer.text.len() {
            TEXT => Ok(()),
            _ => Err("the answer is something else".into()),
        }
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |Target { address, .. }| {
        let client = BenchClient::connect(format!("http://{address}")).await?;
        Ok(Echo(client))
    })
}
