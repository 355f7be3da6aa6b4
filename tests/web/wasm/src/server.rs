//! The server, and what its tests tell it.

use end_to_end::context::Probe;
use iris_core::HttpServer;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};

pub(crate) async fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let address = arguments
        .next()
        .ok_or("usage: web-wasm ADDRESS [ORIGIN..]")?;
    let origins: Vec<String> = arguments.collect();
    let server = HttpServer::bind(address);
    let server = match origins.iter().any(|origin| origin == "*") {
        true => server.allow_any_origin(),
        false => server.allow_origins(origins),
    };
    // What a page is to see of an answer's headers.
    let server = server.expose_metadata(["x-before", "x-before-bin", "x-after", "x-after-bin"]);
    let probe = Arc::<Probe>::default();
    let application = end_to_end::application(probe.clone()).max_request_size(1024 * 1024);
    let running = application.add_server(server).start().await?;
    println!("{}", running.url());
    let mut running = Some(running);
    let mut stopping = None;
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match line.as_str() {
            "stop" => {
                let running = running.take().ok_or("stopped twice")?;
                stopping = Some(tokio::spawn(running.shutdown()));
                line
            }
            // How it stopped. Told when asked, so that answers come in the order of what was asked.
            "stopped" => {
                let stopping = stopping.take().ok_or("nobody stopped it")?;
                format!("{:?}", stopping.await?)
            }
            _ => obey(&line, &probe).await?,
        };
        println!("{answer}");
    }
    Ok(())
}

/// Does what a line says; gives the answer.
async fn obey(line: &str, probe: &Probe) -> Result<String, Box<dyn Error>> {
    Ok(match line {
        "started" => {
            probe.started.notified().await;
            line.to_owned()
        }
        "dropped" => {
            probe.dropped.notified().await;
            line.to_owned()
        }
        "proceed" => {
            probe.proceed.notify_one();
            line.to_owned()
        }
        "calls" => probe.calls.load(Ordering::SeqCst).to_string(),
        other => return Err(format!("`{other}` means nothing").into()),
    })
}
