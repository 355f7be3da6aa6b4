//! A router of axum's for tests: it tells what it was asked, and answers in every form there is.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream;
use http_body_util::{BodyExt, Collected};
use iris_lambda::{Application, Context, Gateway, RunError};
use serde_json::{Value, json};
use std::io::Error;

#[tokio::main]
async fn main() -> Result<(), RunError> {
    let router = Router::new()
        .route("/greet/{name}", get(greet))
        .route("/cookies", get(cookies))
        .route("/binary", get(|| async { Bytes::from_iter(0..=255) }))
        .route(
            "/empty",
            get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
        .route("/echo", post(echo))
        .route("/stream", get(|| async { pieces(["one ", "two"].map(Ok)) }))
        .route(
            "/break",
            get(|| async { pieces([Ok("one "), Err(Error::other("no more"))]) }),
        )
        .route("/panic", get(panics))
        .fallback(tell);
    Application::new(router).run().await
}

async fn greet(Path(name): Path<String>) -> String {
    format!("Hello, {name}\n")
}

async fn cookies() -> impl IntoResponse {
    let headers = [
        (SET_COOKIE.as_str(), "a=1; Path=/"),
        (SET_COOKIE.as_str(), "b=2"),
    ];
    let headers = AppendHeaders(
        headers
            .into_iter()
            .chain([("x-word", "a"), ("x-word", "b")]),
    );
    (headers, "well")
}

async fn panics() -> &'static str {
    panic!("the shelf broke")
}

async fn echo(request: Request) -> impl IntoResponse {
    let kind = request.headers().get(CONTENT_TYPE).cloned();
    let body = request.into_body().collect().await.map(Collected::to_bytes);
    let kind = kind.map(|kind| [(CONTENT_TYPE, kind)]);
    (kind, body.unwrap_or_default())
}

fn pieces<const N: usize>(pieces: [Result<&'static str, Error>; N]) -> Response {
    Response::new(Body::from_stream(stream::iter(pieces)))
}

async fn tell(request: Request) -> Response {
    let extensions = request.extensions();
    let gateway: Option<&Gateway> = extensions.get();
    let context: Option<&Context> = extensions.get();
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")));
    let told = json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "headers": headers.collect::<Vec<_>>(),
        "gateway": gateway.map(|gateway| format!("{:?}", gateway.kind())),
        "stage": gateway.and_then(Gateway::stage),
        "source": gateway.and_then(Gateway::source_ip),
        "context": gateway.and_then(|gateway| gateway.context::<Value>().ok()),
        "id": context.map(Context::request_id),
    });
    ([(CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}
