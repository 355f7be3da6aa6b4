//! A lambda: it asks AWS Lambda's Runtime API for events, and answers them one by one.

use crate::cli::Outcome;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::env;

type Http = Client<HttpConnector, Full<Bytes>>;

pub(super) async fn run() -> Outcome {
    let api = env::var("AWS_LAMBDA_RUNTIME_API")?;
    let client: Http = Client::builder(TokioExecutor::new()).build_http();
    loop {
        let next = call(&client, &api, Method::GET, "next", Bytes::new()).await?;
        let id = next.headers().get("lambda-runtime-aws-request-id");
        let id = id.ok_or("the event has no id")?.to_str()?.to_owned();
        let event: Value = serde_json::from_slice(next.body())?;
        let name = event["queryStringParameters"]["name"].as_str();
        println!("greets {name:?}");
        let greeting = format!("Good day, {}!\n", name.unwrap_or("whoever you are"));
        let answer = json!({
            "statusCode": 200,
            "headers": { "content-type": "text/plain; charset=utf-8" },
            "body": greeting,
        });
        let path = format!("{id}/response");
        call(
            &client,
            &api,
            Method::POST,
            &path,
            answer.to_string().into(),
        )
        .await?;
    }
}

async fn call(
    client: &Http,
    api: &str,
    method: Method,
    path: &str,
    body: Bytes,
) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
    let uri = format!("http://{api}/2018-06-01/runtime/invocation/{path}");
    let request = Request::builder().method(method).uri(uri);
    let response = client.request(request.body(Full::new(body))?).await?;
    let (parts, body) = response.into_parts();
    Ok(Response::from_parts(
        parts,
        body.collect().await?.to_bytes(),
    ))
}
