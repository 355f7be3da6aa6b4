//! A router of axum's as a function, and by hand as a server:
//!
//! ```console
//! $ cargo run -p iris-lambda --example web
//! listening at http://127.0.0.1:3000
//! $ curl http://127.0.0.1:3000/greet/Ada
//! {"message":"Hello, Ada"}
//! ```

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use iris_lambda::{Application, Context, RunError};
use serde_json::json;

async fn greet(
    Path(name): Path<String>,
    Extension(context): Extension<Context>,
) -> impl IntoResponse {
    eprintln!(
        "{} has {:?} left",
        context.request_id(),
        context.time_left()
    );
    let told = json!({ "message": format!("Hello, {name}") });
    ([(CONTENT_TYPE, "application/json")], told.to_string())
}

async fn nothing() -> impl IntoResponse {
    (axum::http::StatusCode::NOT_FOUND, "try /greet/NAME\n")
}

#[tokio::main]
async fn main() -> Result<(), RunError> {
    let router = Router::new()
        .route("/greet/{name}", get(greet))
        .fallback(nothing);
    Application::new(router).run().await
}
