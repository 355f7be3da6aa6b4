//! `iris-up serve`: the daemon.

use super::bounds::bytes;
use super::{Outcome, init};
use crate::daemon::{AccessSettings, Daemon, Options, Retention, Sandbox, SandboxSettings};
use clap::Args;
use ipnet::IpNet;
use iris_core::{Address, HttpServer, Tls};
use serde_json::json;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
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
    /// Takes a port that is free, and prints that alone, unless it is to print JSON.
    #[arg(long, conflicts_with = "port")]
    managed: bool,
    /// Prints where it listens in JSON, for programs.
    #[arg(long)]
    json: bool,
    /// The folder where everything is kept.
    #[arg(long, env = "IRIS_UP_DATA", default_value = ".iris-up")]
    data: PathBuf,
    /// A domain below which apps have host names of their own: NAME.DOMAIN. May be given several times.
    #[arg(long)]
    domain: Vec<String>,
    /// The largest executable that is taken, such as 200MiB.
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "1GiB")]
    max_upload: u64,
    /// The most bytes of all that is pushed and kept, such as 20GiB, with what zips have in them. Half of the disk unless told.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_store: Option<u64>,
    /// How many versions of an app are kept, the latest first, beside the one that runs.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = Retention::default().versions,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    keep_versions: u32,
    /// Also callers on this machine sign in, but for those at the Unix socket.
    #[arg(long)]
    require_password: bool,
    /// A proxy in front, or a network of them, whose x-forwarded-for is believed. May be given several times.
    #[arg(long, value_name = "ADDRESS[/BITS]", value_parser = network)]
    proxy: Vec<IpNet>,
    /// x-forwarded-for is neither believed nor told to apps.
    #[arg(long)]
    no_x_forwarded_for: bool,
    /// The certificate to speak TLS with, and those between it and the root, in PEM. Renewed files are taken up.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// What keeps apps where they belong: what this host has, all of it or no daemon, or nothing.
    #[arg(long, value_enum, default_value_t)]
    sandbox: Sandbox,
    /// As root: the first of the users that apps become, a user each.
    #[arg(long, value_name = "UID", default_value_t = SandboxSettings::default().first_user)]
    first_user: u32,
}

impl Serve {
    pub(super) async fn run(&self) -> Outcome {
        if init::is_first() {
            return init::run().await;
        }
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(LevelFilter::INFO)
            .init();
        // Before anything is started that would be left behind.
        let mut told = Signals::new()?;
        let tls = self.tls_certificate.as_ref().zip(self.tls_key.as_ref());
        let port = match self.managed {
            true => 0,
            false => self.port,
        };
        // Before anything runs that would be ended again.
        let address = socket_address(&self.address, port);
        let listener = TcpListener::bind(&address).await;
        let listener = listener.map_err(|error| format!("cannot listen at {address}: {error}"))?;
        let access = AccessSettings {
            address: Some(listener.local_addr()?),
            require_password: self.require_password,
            proxies: self.proxy.clone(),
            no_x_forwarded_for: self.no_x_forwarded_for,
            tls: tls.is_some(),
        };
        let options = Options {
            sandbox: SandboxSettings {
                sandbox: self.sandbox,
                first_user: self.first_user,
            },
            access,
            domains: self.domain.clone(),
            max_upload: Some(self.max_upload),
            max_store: self.max_store,
            retention: Retention {
                versions: self.keep_versions,
                ..Retention::default()
            },
        };
        let daemon = Daemon::open_with(&self.data, options).await?;
        let mut server = HttpServer::from_listener(listener.into_std()?);
        if let Some((certificate, key)) = tls {
            server = server.tls(Tls::from_files(certificate, key));
        }
        let server = daemon.with_host_names(server);
        let mut application = daemon.application().add_server(server);
        match daemon.socket() {
            Some(socket) => application = application.add_server(socket),
            None => tracing::warn!(
                "the folder's path is too long for a Unix socket in it: there is none"
            ),
        }
        let running = match application.start().await {
            Ok(running) => running,
            Err(error) => {
                daemon.stop().await;
                return Err(error.into());
            }
        };
        for address in running.addresses() {
            tracing::info!("listening at {address}");
        }
        let port = running.addresses().first().and_then(Address::tcp);
        let port = port.map(|address| address.port()).unwrap_or_default();
        match (self.json, self.managed) {
            (true, _) => println!("{}", json!({ "url": running.url(), "port": port })),
            (false, true) => println!("{port}"),
            (false, false) => println!("iris-up listens at {}", running.url()),
        }
        told.stopped().await;
        let stopping = async {
            running.shutdown().await;
            daemon.stop().await;
        };
        tokio::select! {
            () = stopping => Ok(()),
            // Who says so twice does not wait. The processes end with the daemon.
            () = told.stopped() => Err("stopped at once: what was under way is lost".into()),
        }
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

/// An address alone is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    let network = address.or_else(|_| text.parse::<IpNet>());
    network.map_err(|_| "write an address, such as 10.0.0.1, or a network: 10.0.0.0/8".to_owned())
}
