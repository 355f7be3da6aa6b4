//! `iris-up serve`: the daemon.

use super::Outcome;
use crate::daemon::{Daemon, Options, Sandbox};
use clap::Args;
use iris_core::HttpServer;
use std::io;
use std::path::PathBuf;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::filter::LevelFilter;

/// Runs the daemon, until it is told to stop.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address to listen at.
    #[arg(long, default_value = "127.0.0.1")]
    address: String,
    /// The port to listen at.
    #[arg(long, default_value_t = 2374)]
    port: u16,
    /// Takes a port that is free, and prints that alone.
    #[arg(long, conflicts_with = "port")]
    managed: bool,
    /// The folder where everything is kept.
    #[arg(long, env = "IRIS_UP_DATA", default_value = ".iris-up")]
    data: PathBuf,
    /// What keeps apps where they belong: what this host has, all of it or no daemon, or nothing.
    #[arg(long, value_enum, default_value_t)]
    sandbox: Sandbox,
    /// As root: the first of the users that apps become, a user each.
    #[arg(long, value_name = "UID", default_value_t = Options::default().first_user)]
    first_user: u32,
}

impl Serve {
    pub(super) async fn run(&self) -> Outcome {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(LevelFilter::INFO)
            .init();
        // Before anything is started that would be left behind.
        let mut told = Signals::new()?;
        let options = Options {
            sandbox: self.sandbox,
            first_user: self.first_user,
        };
        let daemon = Daemon::open_with(&self.data, options).await?;
        let port = match self.managed {
            true => 0,
            false => self.port,
        };
        let server = HttpServer::bind(socket_address(&self.address, port));
        let running = daemon.application().add_server(server).start().await?;
        match (self.managed, running.addresses().first()) {
            (true, Some(address)) => {
                let port = address.tcp().map(|address| address.port());
                println!("{}", port.unwrap_or_default());
            }
            _ => println!("iris-up listens at {}", running.url()),
        }
        told.stopped().await;
        running.shutdown().await;
        daemon.stop().await;
        Ok(())
    }
}

/// What a daemon is told by the system.
pub(super) struct Signals {
    interrupted: Signal,
    terminated: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Signals> {
        Ok(Signals {
            interrupted: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
        })
    }

    /// Waits until it is told to stop.
    pub(super) async fn stopped(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

/// An address as it is written where a port follows.
fn socket_address(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}
