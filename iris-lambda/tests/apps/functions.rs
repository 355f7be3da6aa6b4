//! Handlers for tests of the runtime: some do well, some fail in every way there is.

use futures_util::StreamExt;
use futures_util::stream;
use http::Response;
use iris_lambda::{Application, Context, Failure, RunError, Runtime, Streamed};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;

type BoxError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), RunError> {
    match std::env::args().nth(1).as_deref() {
        Some("cannot-start") => iris_lambda::init(async { "x".parse::<u32>() })
            .await
            .map(drop)?,
        Some("panics-at-start") => {
            let panics = async {
                let none: Option<()> = None;
                none.ok_or_else(|| panic!("no database"))
            };
            iris_lambda::init::<(), BoxError>(panics).await?;
        }
        _ => {}
    }
    // Two that wait for each other.
    let meeting = Arc::new(Barrier::new(2));
    let meet = move |event: Value, _: Context| {
        let meeting = meeting.clone();
        async move {
            meeting.wait().await;
            Ok::<_, Failure>(event)
        }
    };
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "hello" }));
    Runtime::new()
        .register_custom::<Greeting, _, _>("hello", hello)
        .register("context", context)
        .register("fail", fail)
        .register("stream", streamed)
        .register("meet", meet)
        .register_application("web", Application::new(router))
        .run()
        .await
}

#[derive(Deserialize)]
struct Greeting {
    name: String,
}

#[derive(Serialize)]
struct Greeted {
    message: String,
}

async fn hello(greeting: Greeting, _: Context) -> Result<Greeted, Failure> {
    let message = format!("Hello, {}", greeting.name);
    Ok(Greeted { message })
}

async fn context(_: Value, context: Context) -> Result<Value, BoxError> {
    let function = context.function();
    let client = context.client_context()?;
    let identity = context.cognito_identity()?;
    let credentials = context.credentials();
    Ok(json!({
        "request_id": context.request_id(),
        "left": u64::try_from(context.time_left().as_millis())?,
        "arn": context.function_arn(),
        "trace": context.trace_id(),
        "tenant": context.tenant_id(),
        "title": client.as_ref().and_then(|client| client.client.as_ref()?.app_title.clone()),
        "custom": client.map(|client| client.custom),
        "pool": identity.map(|identity| identity.identity_pool_id),
        "name": function.name,
        "version": function.version,
        "memory": function.memory,
        "log_group": function.log_group,
        "log_stream": function.log_stream,
        "region": function.region,
        "handler": function.handler,
        "key": credentials.as_ref().map(|credentials| &credentials.access_key_id),
        "token": credentials.as_ref().map(|credentials| &credentials.session_token),
        "credentials": format!("{credentials:?}"),
    }))
}

#[derive(Debug)]
struct OutOfStock;

impl std::fmt::Display for OutOfStock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("nothing left")
    }
}

impl Error for OutOfStock {}

/// Which serde cannot write.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it has no form"))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Text(String),
    None(Unwritable),
}

async fn fail(how: Value, _: Context) -> Result<Answer, BoxError> {
    match how.as_str().unwrap_or_default() {
        "error" => Err(OutOfStock.into()),
        "failure" => Err(Failure::new("NoSuchOrder", "there is no order 5"))?,
        "panic" => panic!("the shelf broke"),
        "panic-later" => {
            tokio::task::yield_now().await;
            panic!("the shelf broke {}", "later")
        }
        "unwritable" => Ok(Answer::None(Unwritable)),
        "large" => Ok(Answer::Text("x".repeat(7 * 1024 * 1024))),
        well => Ok(Answer::Text(well.to_owned())),
    }
}

/// The second piece comes once there is a file of the name that the event says.
async fn streamed(event: Value, _: Context) -> Result<Streamed, BoxError> {
    let file = event["file"].as_str().unwrap_or_default().to_owned();
    let pieces = stream::iter(["one ", "two ", "three"]).then(move |piece| {
        let file = file.clone();
        async move {
            while piece == "two " && !Path::new(&file).exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok::<_, OutOfStock>(piece)
        }
    });
    Ok(match event["how"].as_str().unwrap_or_default() {
        "bytes" => Streamed::new(pieces),
        "http" => {
            let head = Response::builder().status(201).header("x-word", "a");
            let head = head.header("x-word", "b").header("set-cookie", "a=1");
            Streamed::new(pieces).with_head(head.header("set-cookie", "b=2").body(())?)
        }
        "error" => {
            let end = stream::once(async { Err(OutOfStock) });
            Streamed::new(stream::iter([Ok("one ")]).chain(end))
        }
        "panic" => {
            let end = stream::once(async { panic!("the shelf broke") });
            Streamed::new(stream::iter([Ok::<_, OutOfStock>("one ")]).chain(end))
        }
        _ => return Err("no such way".into()),
    })
}
