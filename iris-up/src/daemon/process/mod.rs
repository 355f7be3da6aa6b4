//! A process with all it starts: spawned, watched, ended.

pub(crate) mod log;
pub(crate) mod marker;
pub(crate) mod port;

use crate::daemon::containment::Group;
use crate::daemon::containment::cell::{Begun, Cell, Order, Port, Started};
use crate::daemon::store::variables::Variables;
use crate::daemon::usage::Processes;
use crate::name::AppName;
use crate::sandbox::Failed;
use log::{Log, Tag};
use marker::Marker;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
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
    /// Where those that run are written down.
    pub(crate) processes: Processes,
}

/// A process, and what it has started: they are one process group and one control group, which end with it. Dropping this
/// ends them at once.
#[derive(Debug)]
pub(crate) struct Process {
    /// Its number, and that of its process group.
    id: Pid,
    group: Arc<Option<Group>>,
    ended: watch::Receiver<Option<String>>,
}

impl Launch {
    /// Starts a process, which has nothing of the daemon's environment but `PATH`.
    /// What it prints is about what the tag says.
    pub(crate) fn spawn(
        &self,
        environment: &[(&str, String)],
        port: Port,
        tag: &Tag,
    ) -> io::Result<Process> {
        let order = Order {
            program: &self.program,
            arguments: &self.arguments,
            environment: self.environment(environment),
            port,
        };
        let Started {
            mut child,
            begun,
            group,
        } = self.cell.start(order)?;
        if let Some(stdout) = child.stdout.take() {
            self.log.read("out", stdout, tag);
        }
        if let Some(stderr) = child.stderr.take() {
            self.log.read("err", stderr, tag);
        }
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.ok_or_else(|| io::Error::other("the process has no id"))?;
        let (tell, ended) = watch::channel(None);
        let group = Arc::new(group);
        let watched = Watched {
            child,
            begun,
            id,
            group: group.clone(),
            cell: self.cell.clone(),
            log: self.log.clone(),
            processes: self.processes.clone(),
        };
        self.processes.add(id);
        tokio::spawn(watched.run(tell));
        Ok(Process { id, group, ended })
    }

    /// All of its variables. Those that were pushed may be other than is usual; what the daemon says stays as it is.
    fn environment(&self, said: &[(&str, String)]) -> Vec<(OsString, OsString)> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut all = BTreeMap::<OsString, OsString>::new();
        all.insert("PATH".into(), path);
        all.insert("HOME".into(), self.cell.folder().into());
        all.insert("TMPDIR".into(), self.cell.temporary().into());
        let pushed = self.environment.iter();
        all.extend(pushed.map(|(name, value)| (name.into(), value.into())));
        all.insert(marker::NAME.into(), self.marker.value().into());
        all.insert("IRIS_UP_APP".into(), self.name.as_str().into());
        all.insert("IRIS_UP_VERSION".into(), self.version.to_string().into());
        all.extend(said.iter().map(|(name, value)| (name.into(), value.into())));
        all.into_iter().collect()
    }
}

/// A process that is waited for.
struct Watched {
    child: Child,
    begun: Begun,
    id: Pid,
    group: Arc<Option<Group>>,
    cell: Cell,
    log: Log,
    processes: Processes,
}

impl Watched {
    /// Tells a process what to become, waits for its end, and ends what it left behind.
    async fn run(mut self, tell: watch::Sender<Option<String>>) {
        let (failed, ended) = tokio::join!(self.begun.become_app(&self.cell), self.child.wait());
        // Where it left nothing behind there is no such group any more.
        let _ = kill_process_group(self.id, Signal::KILL);
        let mut how = match (failed, ended) {
            (Some(failed), _) => told(&failed),
            (None, Ok(status)) => described(status),
            (None, Err(error)) => format!("it cannot be waited for: {error}"),
        };
        let mut left = None;
        if let Some(group) = self.group.as_ref() {
            group.end().await;
            if let Some(explained) = self.cell.explain(group) {
                self.log.note(&explained).await;
                how = format!("{explained}: {how}");
            }
            // As a rule it is empty by now.
            left = Some(group).filter(|group| !group.remove_now());
        }
        self.processes.remove(self.id);
        tell.send_replace(Some(how));
        if let Some(group) = left {
            group.remove().await;
        }
    }
}

/// Why it did not become the app.
fn told(failed: &Failed) -> String {
    match failed.layer.as_str() {
        "program" => format!("it cannot be run: {}", failed.why),
        layer => format!(
            "it cannot be held as it should be ({layer}): {}",
            failed.why
        ),
    }
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
        self.kill_now();
        self.ended().await;
    }

    /// Once it has ended its number may be another's.
    fn tell(&self, signal: Signal) {
        if self.ended.borrow().is_none() {
            let _ = kill_process_group(self.id, signal);
        }
    }

    fn kill_now(&self) {
        self.tell(Signal::KILL);
        if let Some(group) = self.group.as_ref() {
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
