//! The server of tonic.

use rpc_peer::{Counting, server};
use rpc_tonic::Service;
use rpc_tonic::messages::bench_server::BenchServer;
use std::process::ExitCode;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        // Without a delay for small writes, as tonic's own `serve` has it.
        let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into())?.with_nodelay(Some(true));
        ready.at(incoming.local_addr()?)?;
        Server::builder()
            .add_service(BenchServer::new(Service))
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    })
}
