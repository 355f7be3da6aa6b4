//! `web-bench-server ORIGIN`: serves pages of this origin until its standard input ends. It prints its URL.

use iris_core::{HttpServer, Iris};
use std::error::Error;
use tokio::io::AsyncReadExt as _;
use web_bench_server::remotes::Feed;
use web_bench_talk::remotes::Talk;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let origin = std::env::args().nth(1);
    let origin = origin.ok_or("usage: web-bench-server ORIGIN")?;
    let running = Iris::without_context()
        .add_remote(Feed)
        .add_remote(Talk)
        .add_server(HttpServer::bind("127.0.0.1:0").allow_origins([origin]))
        .start()
        .await?;
    println!("{}", running.url());
    // Whoever started it holds the other end, and is gone when this ends.
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
