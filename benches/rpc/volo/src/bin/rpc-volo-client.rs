//! The client of volo-grpc.

use pilota::FastStr;
use rpc_peer::client::{self, Caller, Target};
use rpc_peer::{Counting, Failure, TEXT};
use rpc_volo::messages::{BenchClient, BenchClientBuilder, Text};
use std::net::SocketAddr;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

#[derive(Clone)]
struct Echo(BenchClient);

impl Caller for Echo {
    async fn call(&self) -> Result<(), Failure> {
        let text = Text {
            text: FastStr::from_string("x".repeat(TEXT)),
        };
        let answer = self.0.echo(text).await?.into_inner();
        match answer.text.len() {
            TEXT => Ok(()),
            _ => Err("the answer is something else".into()),
        }
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |Target { address, .. }| {
        let address: SocketAddr = address.parse()?;
        let client = BenchClientBuilder::new("bench").address(address).build();
        Ok(Echo(client))
    })
}
