//! Starts a real server on a real port and calls it with the client that `build.rs` generated.
//!
//! `cargo run -p quickstart` shows one call after the other and ends; with `-- --serve` the server
//! stays at <http://127.0.0.1:8088> until Ctrl-C, for `curl` and other callers, and for people at
//! <http://127.0.0.1:8088/-/explorer>.

mod tour;

use iris_core::HttpServer;
use quickstart::application;
use quickstart::directory::Directory;
use std::error::Error;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .init();
    let directory = Arc::new(Directory::with_admin("ada", "lovelace"));
    let application = application(directory);
    match std::env::args().nth(1).as_deref() {
        None => {
            let server = HttpServer::bind("127.0.0.1:0");
            let running = application.add_server(server).start().await?;
            tour::run(&running.url()).await?;
            println!("\nThe server has drained: {:?}", running.shutdown().await);
        }
        Some("--serve") => {
            let address = std::env::args()
                .nth(2)
                .unwrap_or_else(|| "127.0.0.1:8088".to_owned());
            let server = HttpServer::bind(address)
                .allow_origins(["http://localhost:3000"])
                .explorer(true);
            application.add_server(server).serve().await?;
        }
        Some(other) => {
            let usage = "usage: quickstart [--serve [ADDRESS]]";
            return Err(format!("unknown argument {other}\n{usage}").into());
        }
    }
    Ok(())
}
