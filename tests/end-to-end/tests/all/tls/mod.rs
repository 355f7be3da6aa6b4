//! Calls inside TLS: who may connect, what is spoken, and certificates that change.

mod callers;
mod ending;
mod files;
mod reload;
mod spoken;

use crate::certificates::{Certificate, Connecting};
use crate::support::Server;
use bytes::Bytes;
use http::{Request as HttpRequest, StatusCode};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use iris_core::{HttpServer, Identity, Iris, IrisError, Pem, Request, Running, Tls, remote};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

fn pem(certificate: &Certificate) -> Tls {
    Tls::from_pem(
        Pem::bytes(certificate.pem.as_str()),
        Pem::bytes(certificate.key.as_str()),
    )
}

async fn secured(tls: Tls) -> Server {
    Server::with(|application| application, |server| server.tls(tls)).await
}

fn address(running: &Running) -> SocketAddr {
    running.addresses()[0].tcp().unwrap()
}

/// One call by HTTP/1.1; the error of a connection that did not come about.
async fn ping(connecting: &Connecting, address: SocketAddr) -> Result<StatusCode, String> {
    let stream = connecting
        .connect(address)
        .await
        .map_err(|error| error.to_string())?;
    let told = |error: hyper::Error| format!("{error:?}");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(told)?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(post("/testing.v1.Gate/Ping")).await;
    let status = answer.map_err(told)?.status();
    driving.abort();
    Ok(status)
}

fn post(path: &str) -> HttpRequest<Full<Bytes>> {
    HttpRequest::post(format!("https://localhost{path}"))
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::from("{}"))
        .unwrap()
}

struct Gate;

#[remote(package = "testing.v1")]
impl Gate {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

/// A server that writes down who called.
async fn gate(tls: Tls) -> (Running, Arc<Mutex<Vec<Option<Identity>>>>) {
    let callers = Arc::new(Mutex::new(Vec::new()));
    let running = Iris::new({
        let callers = callers.clone();
        move |request: Request| {
            callers.lock().unwrap().push(request.identity().cloned());
            async move { Ok::<_, IrisError>(request) }
        }
    })
    .add_remote(Gate)
    .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
    .start()
    .await
    .unwrap();
    (running, callers)
}

async fn start_error(tls: Tls) -> String {
    Iris::without_context()
        .add_server(HttpServer::bind("127.0.0.1:0").tls(tls))
        .start()
        .await
        .unwrap_err()
        .to_string()
}
