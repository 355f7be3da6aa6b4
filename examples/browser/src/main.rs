//! `cargo run -p browser [-- ADDRESS]`: makes the page's package, and serves both at <http://127.0.0.1:8089> until Ctrl-C.

use browser::picnic::Picnic;
use browser::{application, package};
use iris_core::HttpServer;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .init();
    let address = std::env::args().nth(1);
    match serve(address.unwrap_or_else(|| "127.0.0.1:8089".to_owned())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("browser: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: String) -> Result<(), Box<dyn Error>> {
    let package = package::make()?;
    application(Arc::new(Picnic::planned()), &package)
        .add_server(HttpServer::bind(address))
        .serve()
        .await?;
    Ok(())
}
