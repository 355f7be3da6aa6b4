//! The server of connect-rust, with the dispatcher that its generator makes for speed.

use connectrpc::{ConnectRpcService, Server};
use rpc_connectrpc::Service;
use rpc_connectrpc::proto::bench::v1::BenchServer;
use rpc_peer::{Counting, server};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let bound = Server::bind("127.0.0.1:0").await?;
        ready.at(bound.local_addr()?)?;
        let service = ConnectRpcService::new(BenchServer::new(Service));
        bound.serve_with_service(service).await
    })
}
