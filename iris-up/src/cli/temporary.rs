//! A daemon in a folder that is gone with it.

use super::serve::Signals;
use crate::daemon::{AccessSettings, Daemon, Options, Retention, SandboxSettings, orphan};
use iris_core::{HttpServer, Running};
use std::error::Error;
use std::io::ErrorKind;
use tempfile::TempDir;
use tokio::net::TcpListener;

type BoxError = Box<dyn Error + Send + Sync>;

/// What their folders' names begin with.
const PREFIX: &str = "iris-up-";

/// What is to be of such a daemon.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// 0 for one that is free.
    pub(super) port: u16,
    pub(super) sandbox: SandboxSettings,
    /// Domains below which apps have host names of their own.
    pub(super) domains: Vec<String>,
    pub(super) retention: Retention,
}

/// Such a daemon. It is stopped, and not dropped, so that its apps end as they should.
pub(super) struct Temporary {
    daemon: Daemon,
    running: Running,
    /// The last to go.
    folder: TempDir,
}

impl Temporary {
    pub(super) async fn start(name: &str, wanted: Wanted) -> Result<Temporary, BoxError> {
        take_away_what_is_left().await;
        let prefix = format!("{PREFIX}{name}-");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir()?;
        let address = ("127.0.0.1", wanted.port);
        let listener = TcpListener::bind(address).await;
        let listener = listener
            .map_err(|error| format!("cannot listen at {}:{}: {error}", address.0, address.1))?;
        let options = Options {
            access: AccessSettings {
                address: Some(listener.local_addr()?),
                ..AccessSettings::default()
            },
            sandbox: wanted.sandbox,
            domains: wanted.domains,
            retention: wanted.retention,
            ..Options::default()
        };
        let daemon = Daemon::open_with(folder.path(), options).await?;
        orphan::mark(folder.path())?;
        let server = HttpServer::from_listener(listener.into_std()?);
        let server = daemon.with_host_names(server);
        let running = daemon.application().add_server(server).start().await?;
        Ok(Temporary {
            daemon,
            running,
            folder,
        })
    }

    pub(super) fn url(&self) -> String {
        self.running.url()
    }

    /// Ends it with all its apps. Whoever says so twice does not wait for what they have to do.
    pub(super) async fn stop(self, told: &mut Signals) -> Result<(), BoxError> {
        let Temporary {
            daemon,
            running,
            folder,
        } = self;
        let stopping = async {
            running.shutdown().await;
            daemon.stop().await;
        };
        tokio::select! {
            () = stopping => {}
            // The processes end with the daemon.
            () = told.stopped() => {}
        }
        match folder.close() {
            // The next one has begun to take it away as soon as nobody had it.
            Ok(()) => Ok(()),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty => Ok(()),
                _ => Err(error.into()),
            },
        }
    }
}

/// Such a daemon that was killed has left its folder, and its apps run. Nobody else would end them.
async fn take_away_what_is_left() {
    let entries = std::fs::read_dir(std::env::temp_dir());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let folder = entry.path();
        match orphan::remove(&folder).await {
            Ok(true) => eprintln!(
                "what an earlier one has left in {} is ended and removed",
                folder.display()
            ),
            Ok(false) => {}
            // This one works all the same.
            Err(failure) => eprintln!(
                "iris-up: something stays of {}: {failure}",
                folder.display()
            ),
        }
    }
}
