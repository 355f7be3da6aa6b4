//! A server of HTTP/2 for tests that lets its first connection have one call at a time, and says nothing on any other.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Empty, combinators::BoxBody};
use hyper::body::Incoming;
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    let listener = TcpListener::bind(address).await?;
    let mut silent = Vec::new();
    let mut number = 0;
    loop {
        let (socket, _) = listener.accept().await?;
        // Whoever only looks whether somebody listens says nothing.
        if !matches!(socket.peek(&mut [0]).await, Ok(1)) {
            continue;
        }
        number += 1;
        println!("connection {number}");
        if number > 1 {
            silent.push(socket);
            continue;
        }
        let mut http2 = Builder::new(TokioExecutor::new());
        http2.max_concurrent_streams(1);
        tokio::spawn(http2.serve_connection(TokioIo::new(socket), service_fn(answer)));
    }
}

/// A call of `/wait` is answered once there is a file `go` in its folder.
async fn answer(
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    if request.uri().path() == "/wait" {
        println!("waits");
        while !Path::new("go").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(Response::new(BoxBody::new(Empty::new())))
}
