//! The same service by hand: an HTTP/1.1 server.

use super::body::Body;
use super::gateway::{Gateway, GatewayKind};
use super::service::{Answered, Service};
use crate::caught::caught;
use crate::context::Context;
use crate::error::{Kind, RunError};
use crate::failure::{BoxError, Failure};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::value::RawValue;
use std::convert::Infallible;
use std::env;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Where it listens, unless `HOST` and `PORT` say otherwise.
const HOST: &str = "127.0.0.1";
const PORT: u16 = 3000;

/// What it waits behind a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves until the process ends.
pub(super) async fn serve(service: Service) -> Result<(), RunError> {
    let host = env::var("HOST").unwrap_or_else(|_| HOST.to_owned());
    let port = port()?;
    let listen = |source| {
        let address = format!("{host}:{port}");
        RunError::new(Kind::Listen { address, source })
    };
    let listener = TcpListener::bind((host.as_str(), port))
        .await
        .map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    println!("listening at http://{address}");
    loop {
        let Ok((socket, caller)) = listener.accept().await else {
            // That connection did not come. Where there are no descriptors left, some may be soon.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let service = service.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(&service, request, caller));
            let connection = http1::Builder::new();
            let connection = connection.serve_connection(TokioIo::new(socket), answer);
            if let Err(error) = connection.await {
                tracing::debug!("a connection broke off: {error}");
            }
        });
    }
}

fn port() -> Result<u16, RunError> {
    let Some(value) = env::var_os("PORT") else {
        return Ok(PORT);
    };
    let value = value.to_string_lossy().into_owned();
    value.parse().map_err(|_| {
        RunError::new(Kind::Variable {
            name: "PORT",
            value,
            why: "it is to be the number of a port",
        })
    })
}

async fn answer(
    service: &Service,
    request: Request<Incoming>,
    caller: SocketAddr,
) -> Result<Answered, Infallible> {
    let mut request = request.map(Body::incoming);
    let extensions = request.extensions_mut();
    extensions.insert(Context::local(next_id()));
    extensions.insert(Gateway {
        kind: GatewayKind::Connection,
        stage: None,
        source: Some(caller.ip()),
        context: Arc::from(nothing()),
    });
    let failure = match caught(service.answer(request)).await {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(error)) => Failure::of::<BoxError>(error),
        Err(panicked) => panicked,
    };
    tracing::error!("a request failed: {failure}");
    let body = Full::new(Bytes::from(failure.to_string()));
    let mut response = Response::new(body.map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}

fn next_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("local-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn nothing() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).unwrap_or_default()
}
