//! The smallest function: one handler of an event of its own.
//!
//! ```console
//! $ cargo build --release -p iris-lambda --example hello --no-default-features
//! $ iris-up push --lambda target/release/examples/hello
//! $ iris-up invoke hello '{"name":"Ada"}'
//! ```

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
    if greeting.name.is_empty() {
        return Err(Failure::new("NobodyToGreet", "the name is empty"));
    }
    let message = format!("Hello, {}", greeting.name);
    Ok(Greeted { message })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), RunError> {
    Runtime::new().register_custom("hello", greet).run().await
}
