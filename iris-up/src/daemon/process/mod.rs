//! A process with all it starts: spawned, watched, ended.

pub(crate) mod listener;
pub(crate) mod log;
pub(crate) mod marker;
pub(crate) mod port;
pub(crate) mod printed;
pub(crate) mod tail;

use crate::daemon::containment::cell::{Cell, Held, Port, Prepared};
use crate::daemon::store::variables::Variables;
use crate::name::AppName;
use crate::sandbox::{Failed, environment};
use listener::Owner;
use log::Log;
use marker::Marker;
use printed::Tag;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Child;
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
    /// Variables that were pushed with it.
    pub(crate) environment: Variables,
    pub(crate) cell: Cell,
    pub(crate) log: Log,
    pub(crate) marker: Marker,
}

/// A process, and what it has started: they are one process group and one control group, which end with it. Dropping this
/// ends them at once.
#[derive(Debug)]
pub(crate) struct Process {
    group: Pid,
    owner: Owner,
    held: Arc<Held>,
    ended: watch::Receiver<Option<String>>,
}

impl Launch {
    /// What the daemon says, but for what was pushed and may be otherwise.
    fn own<'a>(
        &self,
        environment: &'a [(&str, String)],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pushed = |name: &str| self.environment.iter().any(|(pushed, _)| pushed == name);
        let own = environment.iter();
        let own = own.filter(move |(name, _)| !(environment::is_usual(name) && pushed(name)));
        own.map(|(name, value)| (*name, value.as_str()))
    }

    /// Starts a process, which has nothing of the daemon's environment but `PATH`.
    /// What it prints is about what the tag says.
    pub(crate) fn spawn(
        &self,
        environment: &[(&str, String)],
        port: Port,
        tag: &Tag,
    ) -> io::Result<Process> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let folder = self.cell.folder();
        let prepared = self.cell.prepare(&self.program, &self.arguments, port)?;
        let Prepared { mut command, held } = prepared;
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder)
            .env("TMPDIR", self.cell.temporary())
            .envs(self.cell.pass_on(self.environment.iter()))
            .env(marker::NAME, self.marker.value())
            .env("IRIS_UP_APP", self.name.as_str())
            .env("IRIS_UP_VERSION", self.version.to_string())
            .envs(self.own(environment))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn().inspect_err(|_| {
            if let Some(group) = &held.group {
                group.remove_now();
            }
        })?;
        // It has the other end of what the stage reports by.
        drop(command);
        tag.forget();
        if let Some(stdout) = child.stdout.take() {
            printed::read(&self.log, "out", stdout, tag)?;
        }
        if let Some(stderr) = child.stderr.take() {
            printed::read(&self.log, "err", stderr, tag)?;
        }
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let group = group.ok_or_else(|| io::Error::other("the process has no id"))?;
        let (tell, ended) = watch::channel(None);
        let held = Arc::new(held);
        let watched = (self.cell.clone(), self.log.clone(), held.clone());
        tokio::spawn(watch_over(child, group, watched, tell));
        let mut mark = environment.iter().filter(|(name, _)| *name == "PORT");
        let owner = Owner {
            first: group.as_raw_nonzero().get(),
            user: self.cell.user(),
            mark: mark
                .next()
                .map(|(name, value)| format!("{name}={value}").into_bytes())
                .unwrap_or_default(),
        };
        Ok(Process {
            group,
            owner,
            held,
            ended,
        })
    }
}

/// Waits for a process, and ends what it left behind.
async fn watch_over(
    mut child: Child,
    group: Pid,
    (cell, log, held): (Cell, Log, Arc<Held>),
    tell: watch::Sender<Option<String>>,
) {
    let ended = child.wait().await;
    // Where it left nothing behind there is no such group any more.
    let _ = kill_process_group(group, Signal::KILL);
    let mut how = match ended {
        Ok(status) => described(status),
        Err(error) => format!("it cannot be waited for: {error}"),
    };
    if let Some(failed) = reported(&held) {
        how = failed;
    }
    if let Some(group) = &held.group {
        group.end().await;
        if let Some(explained) = cell.explain(group) {
            log.note(&explained).await;
            how = format!("{explained}: {how}");
        }
    }
    let group = held.group.as_ref();
    // As a rule it is empty by now.
    let left = group.filter(|group| !group.remove_now());
    tell.send_replace(Some(how));
    if let Some(group) = left {
        group.remove().await;
    }
}

/// Why it did not become the app, where it did not.
fn reported(held: &Held) -> Option<String> {
    let mut report = held.report.as_ref()?;
    let mut told = Vec::new();
    // Where the app began nothing comes: the other end is closed.
    let _ = report.read_to_end(&mut told);
    let told = String::from_utf8_lossy(&told);
    let failed = Failed::parse(&told)?;
    Some(match failed.layer.as_str() {
        "program" => format!("it cannot be run: {}", failed.why),
        layer => format!(
            "it cannot be held as it should be ({layer}): {}",
            failed.why
        ),
    })
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

    /// Whose a port is that it listens at.
    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
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
        self.kill_now();
        self.ended().await;
    }

    /// Once it has ended its number may be another's.
    fn tell(&self, signal: Signal) {
        if self.ended.borrow().is_none() {
            let _ = kill_process_group(self.group, signal);
        }
    }

    fn kill_now(&self) {
        self.tell(Signal::KILL);
        if let Some(group) = &self.held.group {
            group.kill();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended.borrow().is_none() {
            self.kill_now();
        }
    }
}
