//! The function that is measured: one typed event, answered with a line.

use iris_lambda::{Context, Failure, RunError, Runtime};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Greeting {
    name: String,
}

#[derive(Serialize)]
struct Greeted {
    message: String,
}

async fn greet(greeting: Greeting, _: Context) -> Result<Greeted, Failure> {
    let message = format!("Hello, {}", greeting.name);
    Ok(Greeted { message })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), RunError> {
    Runtime::new().register_custom("hello", greet).run().await
}
