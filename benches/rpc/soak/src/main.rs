//! A server under a mixed load, for as long as it takes to see that nothing grows.
//!
//! `cargo xtask bench soak` builds this program and its server and starts it. It prints what the server holds as time
//! goes by, and fails where that grows or a call fails.
//!
//! - [`settings`]: for how long; [`server`]: the server's process, and what it holds
//! - [`honest`]: callers of every protocol and kind of call; [`hostile`]: connections that mean no good
//! - [`watching`]: health checks and scrapes of metrics
//! - [`load`]: all of them, all the time; [`trend`]: whether what the server holds grows

mod honest;
mod hostile;
mod load;
mod server;
mod settings;
mod trend;
mod watching;

use rpc_peer::Failure;
use server::Server;
use settings::Settings;
use std::process::ExitCode;
use std::time::Instant;
use trend::Sample;

type Outcome<T = ()> = Result<T, Failure>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rpc-soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings = Settings::read(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(rpc_peer::THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(soak(&settings))
}

async fn soak(settings: &Settings) -> Outcome {
    let server = Server::start(&settings.server)?;
    let load = load::begin(&server.doors, settings.pause);
    let begun = Instant::now();
    let mut samples = Vec::new();
    println!("minutes    memory     files       calls       looks     hostile    failed");
    while begun.elapsed() < settings.length {
        tokio::time::sleep(settings.interval).await;
        let sample = Sample {
            seconds: begun.elapsed().as_secs_f64(),
            held: server.held()?,
        };
        println!("{sample} {}", load.counts());
        samples.push(sample);
    }
    let served = load.end().await;
    let trend = trend::verdict(&samples);
    if let Ok(trend) = &trend {
        println!("{trend}");
    }
    match (served, trend) {
        (Err(served), Err(trend)) => Err(format!("{trend}; {served}").into()),
        (served, trend) => served.and(trend.map(drop)),
    }
}
