//! A daemon: it answers HTTP at the port it is told.

use crate::cli::Outcome;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::env;
use tokio::net::TcpListener;

pub(super) async fn run() -> Outcome {
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    let listener = TcpListener::bind(&address).await?;
    println!("hello listens at {address}");
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(async {
            let connection = hyper::server::conn::http1::Builder::new();
            // Callers come and go as they like.
            let _ = connection
                .serve_connection(TokioIo::new(socket), service_fn(answer))
                .await;
        });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    println!("{} {}", request.method(), request.uri());
    let text = format!("Hello from process {}!\n", std::process::id());
    Ok(Response::new(Full::from(text)))
}
