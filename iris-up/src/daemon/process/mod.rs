//! A process with all it starts: spawned, watched, ended.

mod enclosure;
pub(crate) mod log;
pub(crate) mod marker;
pub(crate) mod port;

use crate::daemon::containment::cell::{Cell, Port, Prepared};
use crate::daemon::store::trees::Program;
use crate::daemon::store::variables::Variables;
use crate::name::AppName;
use crate::sandbox::Failed;
pub(crate) use enclosure::Enclosure;
use enclosure::Inside;
use log::{Log, Tag};
use marker::Marker;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
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
    pub(crate) program: Program,
    pub(crate) arguments: Vec<String>,
    /// Variables that were pushed with it.
    pub(crate) environment: Variables,
    pub(crate) cell: Cell,
    pub(crate) log: Log,
    pub(crate) marker: Marker,
}

/// What is started, where that is not the app itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [String],
    pub(crate) environment: &'a [(&'static str, String)],
    pub(crate) port: Port,
    /// What it prints is about this.
    pub(crate) tag: &'a Tag,
}

/// A process, and what it has started: they are one process group, which ends with it, in a control group, which ends with
/// the last process in it. Dropping this ends all of them at once.
#[derive(Debug)]
pub(crate) struct Process {
    group: Pid,
    enclosure: Arc<Enclosure>,
    ended: watch::Receiver<Option<String>>,
}

impl Launch {
    /// Starts the app, in an enclosure of its own. What it prints is about what the tag says.
    pub(crate) fn spawn(
        &self,
        environment: &[(&'static str, String)],
        port: Port,
        tag: &Tag,
    ) -> io::Result<Process> {
        let order = self.order(environment, port, tag);
        self.spawn_in(&self.enclose()?, order)
    }

    /// How the app itself is started.
    pub(crate) fn order<'a>(
        &'a self,
        environment: &'a [(&'static str, String)],
        port: Port,
        tag: &'a Tag,
    ) -> Order<'a> {
        Order {
            program: &self.program.file,
            arguments: &self.arguments,
            environment,
            port,
            tag,
        }
    }

    /// Where processes are to be together.
    pub(crate) fn enclose(&self) -> io::Result<Arc<Enclosure>> {
        Ok(Arc::new(Enclosure::new(self.cell.group()?)))
    }

    /// The folder that a process finds itself in: where the app was unpacked, or else its own.
    pub(crate) fn folder(&self) -> &Path {
        match &self.program.tree {
            Some(tree) => tree,
            None => self.cell.folder(),
        }
    }

    /// Where libraries are looked for that a tree brings along, as AWS Lambda has it. What is pushed goes before.
    fn libraries(&self) -> Option<String> {
        let tree = self.program.tree.as_ref()?.display();
        Some(format!("{tree}:{tree}/lib"))
    }

    /// Starts a process beside those that are in an enclosure. It has nothing of the daemon's environment but `PATH`.
    pub(crate) fn spawn_in(
        &self,
        enclosure: &Arc<Enclosure>,
        order: Order<'_>,
    ) -> io::Result<Process> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let libraries = self.libraries();
        let libraries = libraries
            .iter()
            .map(|path| ("LD_LIBRARY_PATH", path.as_str()));
        let group = enclosure.group();
        let prepared = self
            .cell
            .prepare(&order, self.program.tree.as_deref(), group)?;
        let Prepared {
            mut command,
            report,
        } = prepared;
        command
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.cell.folder())
            .env("TMPDIR", self.cell.temporary())
            .envs(self.cell.pass_on(libraries.chain(self.environment.iter())))
            .env(marker::NAME, self.marker.value())
            .env("IRIS_UP_APP", self.name.as_str())
            .env("IRIS_UP_VERSION", self.version.to_string())
            .envs(order.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        let mut child = command.spawn()?;
        let inside = enclosure.enter();
        // It has the other end of what the stage reports by.
        drop(command);
        if let Some(stdout) = child.stdout.take() {
            self.log.read("out", stdout, order.tag);
        }
        if let Some(stderr) = child.stderr.take() {
            self.log.read("err", stderr, order.tag);
        }
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let group = group.ok_or_else(|| io::Error::other("the process has no id"))?;
        let (tell, ended) = watch::channel(None);
        let watched = (self.cell.clone(), self.log.clone());
        tokio::spawn(watch_over(child, (group, report), inside, watched, tell));
        Ok(Process {
            group,
            enclosure: enclosure.clone(),
            ended,
        })
    }
}

/// Waits for a process, and ends what it left behind.
async fn watch_over(
    mut child: Child,
    (group, report): (Pid, Option<UnixStream>),
    inside: Inside,
    (cell, log): (Cell, Log),
    tell: watch::Sender<Option<String>>,
) {
    let ended = child.wait().await;
    // Where it left nothing behind there is no such group any more.
    let _ = kill_process_group(group, Signal::KILL);
    let mut how = match ended {
        Ok(status) => described(status),
        Err(error) => format!("it cannot be waited for: {error}"),
    };
    if let Some(failed) = reported(report) {
        how = failed;
    }
    let left = inside.leave();
    if let Some(group) = left.emptied() {
        group.end().await;
    }
    if let Some(explained) = left.group().and_then(|group| cell.explain(group)) {
        // Once for all that were in there.
        if left.emptied().is_some() {
            log.note(&explained).await;
        }
        how = format!("{explained}: {how}");
    }
    // As a rule it is empty by now.
    let left = left.emptied().filter(|group| !group.remove_now());
    tell.send_replace(Some(how));
    if let Some(group) = left {
        group.remove().await;
    }
}

/// Why it did not become the app, where it did not.
fn reported(report: Option<UnixStream>) -> Option<String> {
    let mut report = report?;
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

    /// Asks it to end, and makes it where it does not within 10 seconds. Others in its enclosure go on.
    pub(crate) async fn stop(&self) {
        self.tell(Signal::TERM);
        if tokio::time::timeout(GRACE, self.ended()).await.is_err() {
            self.kill_alone().await;
        }
    }

    /// Ends it at once, and others in its enclosure.
    pub(crate) async fn kill(&self) {
        self.kill_now();
        self.ended().await;
    }

    /// Ends it at once. What has left its process group goes on until the last in its enclosure ends.
    pub(crate) async fn kill_alone(&self) {
        self.tell(Signal::KILL);
        self.ended().await;
    }

    /// Asks it to end.
    pub(crate) fn ask_to_end(&self) {
        self.tell(Signal::TERM);
    }

    /// Once it has ended its number may be another's.
    fn tell(&self, signal: Signal) {
        if self.ended.borrow().is_none() {
            let _ = kill_process_group(self.group, signal);
        }
    }

    fn kill_now(&self) {
        self.tell(Signal::KILL);
        if let Some(group) = self.enclosure.group() {
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
