//! A process with all it starts: spawned, watched, ended.

pub(crate) mod log;
pub(crate) mod marker;
pub(crate) mod port;

use crate::name::AppName;
use log::{Log, Tag};
use marker::Marker;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// How long a process may take to end by itself once it is told to, before it is made to.
const GRACE: Duration = Duration::from_secs(10);

/// What is needed to start the processes of one version of an app.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) name: AppName,
    pub(crate) version: u64,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    /// Its working directory, its own.
    pub(crate) folder: PathBuf,
    pub(crate) log: Log,
    pub(crate) marker: Marker,
}

/// A process, and what it has started: they are one process group, which ends with it. Dropping this ends them at once.
#[derive(Debug)]
pub(crate) struct Process {
    group: Pid,
    ended: watch::Receiver<Option<String>>,
}

impl Launch {
    /// Starts a process, which has nothing of the daemon's environment but `PATH`.
    /// What it prints is about what the tag says.
    pub(crate) fn spawn(&self, environment: &[(&str, String)], tag: &Tag) -> io::Result<Process> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", path)
            .env(marker::NAME, self.marker.value())
            .env("IRIS_UP_APP", self.name.as_str())
            .env("IRIS_UP_VERSION", self.version.to_string())
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn()?;
        if let Some(stdout) = child.stdout.take() {
            self.log.read("out", stdout, tag);
        }
        if let Some(stderr) = child.stderr.take() {
            self.log.read("err", stderr, tag);
        }
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let group = group.ok_or_else(|| io::Error::other("the process has no id"))?;
        let (tell, ended) = watch::channel(None);
        tokio::spawn(watch_over(child, group, tell));
        Ok(Process { group, ended })
    }
}

/// Waits for a process, and ends what it left behind.
async fn watch_over(mut child: Child, group: Pid, tell: watch::Sender<Option<String>>) {
    let ended = child.wait().await;
    // Where it left nothing behind there is no such group any more.
    let _ = kill_process_group(group, Signal::KILL);
    let how = match ended {
        Ok(status) => described(status),
        Err(error) => format!("it cannot be waited for: {error}"),
    };
    tell.send_replace(Some(how));
}

fn described(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("its process ended with exit code {code}"),
        (None, Some(signal)) => format!("its process was ended by signal {signal}"),
        (None, None) => "its process ended".to_owned(),
    }
}

impl Process {
    /// Waits for its end, and says how it was.
    pub(crate) async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        let how = ended.wait_for(Option::is_some).await;
        how.ok()
            .and_then(|how| how.clone())
            .unwrap_or_else(|| "its process is not watched any more".to_owned())
    }

    /// Asks it to end, and makes it where it does not within 10 seconds.
    pub(crate) async fn stop(&self) {
        self.tell(Signal::TERM);
        if tokio::time::timeout(GRACE, self.ended()).await.is_err() {
            self.kill().await;
        }
    }

    /// Ends it at once.
    pub(crate) async fn kill(&self) {
        self.tell(Signal::KILL);
        self.ended().await;
    }

    /// Once it has ended its number may be another's.
    fn tell(&self, signal: Signal) {
        if self.ended.borrow().is_none() {
            let _ = kill_process_group(self.group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.tell(Signal::KILL);
    }
}
