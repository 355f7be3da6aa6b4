//! PM2, with a home of its own.

use super::{free_port, listening};
use crate::Outcome;
use crate::settings::Settings;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::process::Command;

/// A PM2 whose daemon runs.
pub(crate) struct Pm2 {
    script: PathBuf,
    home: TempDir,
}

impl Pm2 {
    pub(crate) async fn start(settings: &Settings) -> Outcome<Pm2> {
        let pm2 = Pm2 {
            script: settings.pm2.clone(),
            home: tempfile::tempdir()?,
        };
        pm2.run(&["ping"], &[]).await?;
        Ok(pm2)
    }

    /// The process of its daemon.
    pub(crate) fn id(&self) -> Outcome<u32> {
        let id = std::fs::read_to_string(self.home.path().join("pm2.pid"))?;
        Ok(id.trim().parse()?)
    }

    /// Starts an app, and gives where it listens.
    pub(crate) async fn push(&self, settings: &Settings, name: &str) -> Outcome<SocketAddr> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let program = settings.program("bench-resident");
        let program = program.to_str().ok_or("a path that is no text")?;
        let start = ["start", program, "--name", name, "--interpreter", "none"];
        self.run(&start, &[("PORT", address.port().to_string())])
            .await?;
        listening(address).await?;
        Ok(address)
    }

    pub(crate) async fn reload(&self, name: &str) -> Outcome {
        self.run(&["reload", name], &[]).await
    }

    pub(crate) async fn stop(self) -> Outcome {
        self.run(&["kill"], &[]).await
    }

    async fn run(&self, arguments: &[&str], variables: &[(&str, String)]) -> Outcome {
        let mut command = Command::new("node");
        command
            .arg(&self.script)
            .args(arguments)
            .args(["--silent", "--no-color"])
            .env("PM2_HOME", self.home.path())
            .env("PM2_DISABLE_VERSION_CHECK", "true")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.status().await?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("pm2 {arguments:?}: {status}").into()),
        }
    }
}
