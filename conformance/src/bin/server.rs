//! The server under test: started by the runner, which writes to its stdin what it wants.

use std::error::Error;
use tokio::io::{stdin, stdout};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    conformance::server::run(&mut stdin(), &mut stdout()).await
}
