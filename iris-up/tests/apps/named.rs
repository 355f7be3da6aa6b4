//! Handlers of iris-lambda's, of which an app gets the one with its name.

use iris_lambda::{Context, Failure, RunError, Runtime, Streamed};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), RunError> {
    Runtime::new()
        .register("greet", greet)
        .register("count", count)
        .run()
        .await
}

async fn greet(event: Value, context: Context) -> Result<Value, Failure> {
    let name = event["name"].as_str();
    let name = name.ok_or_else(|| Failure::new("NobodyToGreet", "the name is missing"))?;
    Ok(json!({
        "message": format!("Hello, {name}"),
        "arn": context.function_arn(),
        "version": context.function().version,
        "left": context.time_left().as_secs(),
    }))
}

async fn count(_: Value, _: Context) -> Result<Streamed, Failure> {
    let pieces = ["one ", "two "].map(Ok::<_, Failure>);
    Ok(Streamed::new(futures_util::stream::iter(pieces)))
}
