//! The client under test: started by the runner, which writes to its stdin what calls it wants.

use std::error::Error;
use tokio::io::{stdin, stdout};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    conformance::client::run(&mut stdin(), stdout()).await
}
