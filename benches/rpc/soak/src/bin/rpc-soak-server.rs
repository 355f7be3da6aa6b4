//! The server under load: that of the bench, with everything on that lets go of something after a while, and what looks
//! after servers. It speaks TLS at a second address, with a certificate that its environment holds.

use iris_core::{Address, HttpServer, Iris, Pem, Tls};
use iris_services::Health;
use iris_telemetry::Metrics;
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
        let pem = |name| std::env::var(name).map(Pem::bytes);
        let tls = Tls::from_pem(pem("RPC_SOAK_CERTIFICATE")?, pem("RPC_SOAK_KEY")?);
        let metrics = Metrics::new();
        let health = Health::new();
        health.set_serving("bench.v1.Bench");
        let running = Iris::without_context()
            .add_remote(Bench)
            .add_remote(Filtered)
            .add_application(health.application())
            .observe(metrics.clone())
            .add_service("metrics", metrics.service())
            .compress_responses(256)
            .max_timeout(SHORT)
            .add_server(server())
            .add_server(server().tls(tls.handshake_timeout(SHORT)))
            .start()
            .await?;
        let mut addresses = running.addresses().iter().filter_map(Address::tcp);
        let (Some(plain), Some(secured)) = (addresses.next(), addresses.next()) else {
            return Err("the server has no two addresses".into());
        };
        ready.at(plain)?;
        println!("secured at {secured}");
        std::future::pending::<Result<(), Failure>>().await
    })
}

fn server() -> HttpServer {
    HttpServer::bind("127.0.0.1:0")
        .header_timeout(SHORT)
        .body_timeout(SHORT)
        .keep_alive(SHORT)
        .keep_alive_timeout(SHORT)
        .max_connection_age(4 * SHORT)
        .max_connection_age_grace(SHORT)
        .max_connections(1000)
}
