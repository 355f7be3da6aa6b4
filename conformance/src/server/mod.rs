//! The server under test.

mod answer;
mod service;
mod stream;

use crate::suite::{ServerCompatRequest, ServerCompatResponse, TlsCreds};
use crate::{framing, messages, record};
use http::Request;
use iris_core::{Body, HttpServer, Iris, Pem, Tls};
use prost::bytes::Bytes;
use service::ConformanceService;
use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tower::util::MapRequestLayer;

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
    let credentials = credentials(&wanted)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = ServerCompatResponse {
        host: address.ip().to_string(),
        port: address.port().into(),
        pem_cert: credentials.map(|own| own.cert.clone()).unwrap_or_default(),
    };
    // The socket listens already: who connects before `serve` waits for it.
    framing::write(output, &answer).await?;
    let mut server = HttpServer::from_listener(listener);
    if let Some(own) = credentials {
        server = server.tls(tls(own, &wanted.client_tls_cert));
    }
    if let Some(folder) = record::folder() {
        server = server.layer(MapRequestLayer::new(move |request: Request<Body>| {
            record::request(folder.clone(), request)
        }));
    }
    application(&wanted).add_server(server).serve().await?;
    Ok(())
}

fn application(wanted: &ServerCompatRequest) -> Iris {
    let application = Iris::without_context()
        .add_remote(ConformanceService)
        .contract(messages::CONTRACT)
        // Small answers too: the suite is about whether they can be read.
        .compress_responses(0)
        // The suite's errors are a status, a message and the details that it asks for.
        .plain_errors()
        .drain_timeout(Duration::from_secs(1));
    match wanted.message_receive_limit {
        0 => application,
        limit => application.max_request_size(limit as usize),
    }
}

/// The certificate and the key that the suite made for the server; none where it is to be without TLS.
fn credentials(wanted: &ServerCompatRequest) -> Result<Option<&TlsCreds>, &'static str> {
    match (&wanted.server_creds, wanted.use_tls) {
        (_, false) => Ok(None),
        (Some(own), true) => Ok(Some(own)),
        (None, true) => Err("the runner asked for TLS and gave no certificate"),
    }
}

/// TLS with them, for callers who have the certificate that the suite made for callers, if it did.
fn tls(own: &TlsCreds, callers: &Bytes) -> Tls {
    let tls = Tls::from_pem(pem(&own.cert), pem(&own.key));
    match callers.is_empty() {
        true => tls,
        false => tls.require_client_certificates(pem(callers)),
    }
}

fn pem(text: &Bytes) -> Pem {
    Pem::bytes(text.to_vec())
}
