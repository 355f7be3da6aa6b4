//! The client of connect-rust.

use connectrpc::Protocol;
use connectrpc::client::{ClientConfig, Http2Connection, SharedHttp2Connection};
use rpc_connectrpc::proto::bench::v1::{BenchClient, Text};
use rpc_peer::client::{self, Caller, Target};
use rpc_peer::{Counting, Failure, TEXT};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

/// Calls held back at the connection: more than the bench makes.
const BOUND: usize = 1024;

#[derive(Clone)]
struct Echo(BenchClient<SharedHttp2Connection>);

impl Caller for Echo {
    async fn call(&self) -> Result<(), Failure> {
        let text = Text {
            text: "x".repeat(TEXT),
            ..Default::default()
        };
        let answer = self.0.echo(text).await?.into_owned();
        match answer.text.len() {
            TEXT => Ok(()),
            _ => Err("the answer is something else".into()),
        }
    }
}

fn main() -> ExitCode {
    client::run(&ALLOCATIONS, async |Target { address, wire, .. }| {
        let uri: http::Uri = format!("http://{address}").parse()?;
        let connection = Http2Connection::connect_plaintext(uri.clone()).await?;
        let protocol = match wire.as_str() {
            "grpc" => Protocol::Grpc,
            _ => Protocol::Connect,
        };
        let config = ClientConfig::new(uri).with_protocol(protocol);
        Ok(Echo(BenchClient::new(connection.shared(BOUND), config)))
    })
}
