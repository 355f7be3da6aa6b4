//! iris-up, in a folder of its own.

use crate::Outcome;
use crate::settings::Settings;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A daemon that runs.
pub(crate) struct IrisUp {
    program: PathBuf,
    folder: TempDir,
    told: Vec<&'static str>,
    child: Child,
    pub(crate) address: SocketAddr,
}

impl IrisUp {
    pub(crate) async fn start(settings: &Settings) -> Outcome<IrisUp> {
        IrisUp::start_with(settings, &[]).await
    }

    /// One that is told more.
    pub(crate) async fn start_with(settings: &Settings, told: &[&'static str]) -> Outcome<IrisUp> {
        let program = settings.iris_up.clone();
        let folder = tempfile::tempdir()?;
        let told = told.to_vec();
        let (child, address) = serve(&program, folder.path(), &told).await?;
        Ok(IrisUp {
            program,
            folder,
            told,
            child,
            address,
        })
    }

    pub(crate) fn id(&self) -> Outcome<u32> {
        Ok(self.child.id().ok_or("the daemon has ended")?)
    }

    /// Where it keeps everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command, which has to work; gives what it prints.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Outcome<String> {
        let output = self.command(arguments).output().await?;
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout)?),
            false => {
                Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into())
            }
        }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env("IRIS_UP_URL", format!("http://{}", self.address))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// What it says of an app.
    pub(crate) async fn status(&self, app: &str) -> Outcome<Value> {
        Ok(serde_json::from_str(
            &self.run(&["status", app, "--json"]).await?,
        )?)
    }

    /// Kills it, and starts another with the same folder.
    pub(crate) async fn kill_and_start(&mut self) -> Outcome {
        self.child.kill().await?;
        (self.child, self.address) = serve(&self.program, self.folder.path(), &self.told).await?;
        Ok(())
    }

    /// Lets it end by itself, with its processes, and starts another; gives how long that takes to begin.
    pub(crate) async fn restart(&mut self) -> Outcome<Duration> {
        self.end().await?;
        let begun = Instant::now();
        (self.child, self.address) = serve(&self.program, self.folder.path(), &self.told).await?;
        Ok(begun.elapsed())
    }

    /// Lets it end by itself.
    pub(crate) async fn stop(mut self) -> Outcome {
        self.end().await
    }

    async fn end(&mut self) -> Outcome {
        let id = self.id()?.to_string();
        // It ends its processes then.
        Command::new("kill").args(["-TERM", &id]).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}

/// A daemon with this folder.
async fn serve(program: &Path, folder: &Path, told: &[&str]) -> Outcome<(Child, SocketAddr)> {
    let mut child = Command::new(program)
        .args(["serve", "--managed", "--data"])
        .arg(folder)
        .args(told)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let port = BufReader::new(stdout).lines().next_line().await?;
    let port: u16 = port.ok_or("the daemon ended at once")?.parse()?;
    Ok((child, ([127, 0, 0, 1], port).into()))
}
