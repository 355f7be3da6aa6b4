//! `cargo run -p browser [-- ADDRESS]`: serves the page and what it calls at <http://127.0.0.1:8089> until Ctrl-C.

use browser::application;
use browser::picnic::Picnic;
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
    application(Arc::new(Picnic::planned()))
        .add_server(HttpServer::bind(address))
        .serve()
        .await?;
    Ok(())
}
