//! The server under load: that of the bench, with everything on that lets go of something after a while.

use iris_core::{Address, HttpServer, Iris};
use rpc_iris::remotes::{bench::Bench, filtered::Filtered};
use rpc_peer::{Counting, Failure, server};
use std::process::ExitCode;
use std::time::Duration;

/// Never counts here: what is measured is what the system gives the process.
static ALLOCATIONS: Counting = Counting::new();

/// Short enough for a soak of two minutes to go through it many times.
const SHORT: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    server::run(&ALLOCATIONS, async |ready| {
        let server = HttpServer::bind("127.0.0.1:0")
            .header_timeout(SHORT)
            .body_timeout(SHORT)
            .keep_alive(SHORT)
            .keep_alive_timeout(SHORT)
            .max_connection_age(4 * SHORT)
            .max_connection_age_grace(SHORT)
            .max_connections(1000);
        let running = Iris::without_context()
            .add_remote(Bench)
            .add_remote(Filtered)
            .compress_responses(256)
            .max_timeout(SHORT)
            .add_server(server)
            .start()
            .await?;
        let address = running.addresses().first().and_then(Address::tcp);
        ready.at(address.ok_or("the server has no address")?)?;
        std::future::pending::<Result<(), Failure>>().await
    })
}
