//! The client of Iris.

use rpc_iris_client::Remotes;
use rpc_iris_client::bench::Bench;
use rpc_iris_client::iris_client::{Client, Protocol};
use rpc_iris_client::messages::bench::v1::Text;
use rpc_peer::client::{self, Caller, Target};
use rpc_peer::{Counting, Failure, TEXT};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

#[derive(Clone)]
struct Echo(Bench);

impl Caller for Echo {
    async fn call(&self) -> Result<(), Failure> {
        let text = "x".repeat(TEXT);
        let answer = self.0.echo(Text { text }).await?;
        match answer.text.len() {
            TEXT => Ok(()),
            _ => Err("the answer is something else".into()),
        }
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |Target { address, wire, .. }| {
        // Over HTTP/2 in Connect too, as all are.
        let builder = Client::builder(&format!("http://{address}"));
        let client = match wire.as_str() {
            "grpc" => builder.protocol(Protocol::Grpc),
            _ => builder.http2(),
        };
        Ok(Echo(Remotes::new(client.build()?).bench()))
    })
}
