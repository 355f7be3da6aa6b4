//! `web-server ADDRESS [ORIGIN..]`: serves until its standard input ends, to pages of these origins; `*` stands for all.
//!
//! Its first line of output is its URL. Each of the others is `started`, when a procedure began to wait for ever, or
//! `dropped`, when such a one was.

use end_to_end::context::Probe;
use iris_core::{HttpServer, Iris};
use std::error::Error;
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use web_server::remotes::Echo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: web-server ADDRESS [ORIGIN..]")?;
    let origins: Vec<String> = arguments.collect();
    let server = HttpServer::bind(address);
    let server = match origins.iter().any(|origin| origin == "*") {
        true => server.allow_any_origin(),
        false => server.allow_origins(origins),
    };
    let echo = Iris::without_context().add_remote(Echo);
    let probe = Arc::new(Probe::default());
    let application = end_to_end::application(probe.clone()).add_application(echo);
    let running = application.add_server(server).start().await?;
    println!("{}", running.url());
    let probed = probe.clone();
    tokio::spawn(async move {
        loop {
            probed.started.notified().await;
            println!("started");
        }
    });
    tokio::spawn(async move {
        loop {
            probe.dropped.notified().await;
            println!("dropped");
        }
    });
    // Whoever started it holds the other end, and is gone when this ends.
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
