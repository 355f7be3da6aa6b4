//! The server of Iris.

use iris_core::{Address, HttpServer, Iris};
use rpc_iris::remotes::{bench::Bench, filtered::Filtered};
use rpc_peer::{Counting, Failure, server};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATIONS: Counting = Counting::new();

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let running = Iris::without_context()
            .add_remote(Bench)
            .add_remote(Filtered)
            .add_server(HttpServer::bind("127.0.0.1:0"))
            .start()
            .await?;
        let address = running.addresses().first().and_then(Address::tcp);
        ready.at(address.ok_or("the server has no address")?)?;
        std::future::pending::<Result<(), Failure>>().await
    })
}
