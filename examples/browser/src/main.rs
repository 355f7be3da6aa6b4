//! `cargo run -p browser [-- ADDRESS]`: makes the page's package, and serves both at <http://127.0.0.1:8089> until Ctrl-C.

use browser::picnic::Picnic;
use browser::{application, package};
use iris_core::HttpServer;
use std::error::Error;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .init();
    let address = std::env::args().nth(1);
    let server = HttpServer::bind(address.unwrap_or_else(|| "127.0.0.1:8089".to_owned()));
    let package = package::make()?;
    application(Arc::new(Picnic::planned()), &package)
        .add_server(server)
        .serve()
        .await?;
    Ok(())
}
