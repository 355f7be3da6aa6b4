//! The server under test.

mod answer;
mod service;
mod stream;

use crate::suite::{ServerCompatRequest, ServerCompatResponse};
use crate::{framing, messages};
use iris_core::{HttpServer, Iris};
use prost::bytes::Bytes;
use service::ConformanceService;
use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// Reads what server the runner wants, tells it where that listens, and serves until it is told to stop.
///
/// # Errors
///
/// Where the runner asks for nothing, or the server cannot be started.
pub async fn run(
    input: &mut (impl AsyncRead + Unpin),
    output: &mut (impl AsyncWrite + Unpin),
) -> Result<(), Box<dyn Error>> {
    let wanted: ServerCompatRequest = framing::read(input)
        .await?
        .ok_or("the runner asked for no server")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = ServerCompatResponse {
        host: address.ip().to_string(),
        port: address.port().into(),
        pem_cert: Bytes::new(),
    };
    // The socket listens already: who connects before `serve` waits for it.
    framing::write(output, &answer).await?;
    application(&wanted)
        .add_server(HttpServer::from_listener(listener))
        .serve()
        .await?;
    Ok(())
}

fn application(wanted: &ServerCompatRequest) -> Iris {
    let application = Iris::without_context()
        .add_remote(ConformanceService)
        .contract(messages::CONTRACT)
        // Small answers too: the suite is about whether they can be read.
        .compress_responses(1)
        .drain_timeout(Duration::from_secs(1));
    match wanted.message_receive_limit {
        0 => application,
        limit => application.max_request_size(limit as usize),
    }
}
