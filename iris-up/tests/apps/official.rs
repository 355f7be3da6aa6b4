//! A function for tests on the official `lambda_runtime`, which nobody here wrote.

#![expect(
    clippy::disallowed_methods,
    reason = "it ends as soon as it is told to, as programs of others do"
)]

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use http::{HeaderMap, HeaderValue, StatusCode};
use lambda_runtime::{
    Error, FunctionResponse, LambdaEvent, MetadataPrelude, StreamResponse, service_fn,
};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

type Answer = FunctionResponse<Value, BoxStream<'static, Result<Bytes, Error>>>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    if std::env::args().nth(1).as_deref() == Some("cannot-start") {
        return Err("no database".into());
    }
    let mut told = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        told.recv().await;
        println!("told to end");
        std::process::exit(0)
    });
    // Where it is told to it asks for several events at a time.
    lambda_runtime::run_concurrent(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let context = event.context;
    let path = event.payload["rawPath"].as_str().unwrap_or_default();
    let answer = json!({
        "path": path,
        "id": context.request_id,
        "arn": context.invoked_function_arn,
        "deadline": context.deadline,
        "memory": context.env_config.memory,
        "name": context.env_config.function_name,
    });
    match path {
        "/fail" => Err("no luck".into()),
        "/stream" => Ok(streamed(pieces().boxed())),
        "/stream-and-fail" => {
            let end = stream::iter([Err("no more luck".into())]);
            Ok(streamed(
                stream::iter([Ok(Bytes::from("one "))]).chain(end).boxed(),
            ))
        }
        "/wait" => {
            println!("waits");
            wait_for_go().await;
            Ok(FunctionResponse::BufferedResponse(
                json!(std::process::id()),
            ))
        }
        _ => Ok(FunctionResponse::BufferedResponse(answer)),
    }
}

/// The second comes once there is a file `go` in its folder.
fn pieces() -> impl futures_util::Stream<Item = Result<Bytes, Error>> {
    stream::iter(["one ", "two ", "three"]).then(async |piece| {
        if piece == "two " {
            wait_for_go().await;
        }
        Ok(Bytes::from(piece))
    })
}

async fn wait_for_go() {
    while !Path::new("go").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn streamed(stream: BoxStream<'static, Result<Bytes, Error>>) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert("x-word", HeaderValue::from_static("one"));
    FunctionResponse::StreamingResponse(StreamResponse {
        metadata_prelude: MetadataPrelude {
            status_code: StatusCode::ACCEPTED,
            headers,
            cookies: vec!["a=1".to_owned()],
        },
        stream,
    })
}
