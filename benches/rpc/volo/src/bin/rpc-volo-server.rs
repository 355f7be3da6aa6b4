//! The server of volo-grpc.

use rpc_peer::{Counting, server};
use rpc_volo::Service;
use rpc_volo::messages::BenchServer;
use std::process::ExitCode;
use tokio::net::TcpListener;
use volo::net::incoming::DefaultIncoming;
use volo_grpc::server::{Server, ServiceBuilder};

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        ready.at(listener.local_addr()?)?;
        Server::new()
            .add_service(ServiceBuilder::new(BenchServer::new(Service)).build())
            .run(DefaultIncoming::from(listener))
            .await
    })
}
