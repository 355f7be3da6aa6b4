//! A process with all it starts: spawned, watched, ended.

mod enclosure;
pub(crate) mod listener;
pub(crate) mod log;
pub(crate) mod marker;
pub(crate) mod port;
pub(crate) mod printed;
pub(crate) mod tail;

use crate::daemon::containment::cell::{Begun, Cell, Port, Started};
use crate::daemon::store::trees::Program;
use crate::daemon::store::variables::Variables;
use crate::daemon::usage::Processes;
use crate::name::AppName;
use crate::sandbox::Failed;
pub(crate) use enclosure::Enclosure;
use enclosure::Inside;
use listener::Owner;
use log::Log;
use marker::Marker;
use printed::Tag;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// What the daemon sets and an app may have otherwise. All else that the daemon says goes before.
const USUAL: [&str; 8] = [
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_XRAY_CONTEXT_MISSING",
    "HOME",
    "LANG",
    "PATH",
    "TMPDIR",
    "TZ",
];

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
    /// Where those that run are written down.
    pub(crate) processes: Processes,
}

/// What is started, where that is not the app itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [String],
    pub(crate) environment: &'a [(&'static str, String)],
    pub(crate) port: Port,
    /// A socket that listens, which it gets as systemd's services do (sd_listen_fds(3)).
    pub(crate) listener: Option<BorrowedFd<'a>>,
    /// What it prints is about this.
    pub(crate) tag: &'a Tag,
}

/// A process, and what it has started: they are one process group, which ends with it, in a control group, which ends with
/// the last process in it. Dropping this ends all of them at once.
#[derive(Debug)]
pub(crate) struct Process {
    /// Its number, and that of its process group.
    id: Pid,
    owner: Owner,
    enclosure: Arc<Enclosure>,
    ended: watch::Receiver<Option<String>>,
    /// When it was first told to end.
    told: OnceLock<Instant>,
}

impl Launch {
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
            listener: None,
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
        let Started { mut child, begun } = self.cell.start(
            &order,
            self.environment(order.environment),
            self.folder(),
            self.program.tree.as_deref(),
            enclosure.group(),
        )?;
        let inside = enclosure.enter();
        order.tag.forget();
        if let Some(stdout) = child.stdout.take() {
            printed::read(&self.log, "out", stdout, order.tag)?;
        }
        if let Some(stderr) = child.stderr.take() {
            printed::read(&self.log, "err", stderr, order.tag)?;
        }
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.ok_or_else(|| io::Error::other("the process has no id"))?;
        let (tell, ended) = watch::channel(None);
        let watched = Watched {
            child,
            begun,
            id,
            inside,
            cell: self.cell.clone(),
            log: self.log.clone(),
            processes: self.processes.clone(),
        };
        self.processes.add(id);
        tokio::spawn(watched.run(tell));
        let mut mark = order.environment.iter().filter(|(name, _)| *name == "PORT");
        let owner = Owner {
            first: id.as_raw_nonzero().get(),
            user: self.cell.user(),
            mark: mark
                .next()
                .map(|(name, value)| format!("{name}={value}").into_bytes())
                .unwrap_or_default(),
        };
        Ok(Process {
            id,
            owner,
            enclosure: enclosure.clone(),
            ended,
            told: OnceLock::new(),
        })
    }

    /// All of its variables. Those that were pushed may be other than is usual; what the daemon says stays as it is.
    fn environment(&self, said: &[(&'static str, String)]) -> Vec<(OsString, OsString)> {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        let mut all = BTreeMap::<OsString, OsString>::new();
        all.insert("PATH".into(), path);
        all.insert("HOME".into(), self.cell.folder().into());
        all.insert("TMPDIR".into(), self.cell.temporary().into());
        let libraries = self.libraries();
        all.extend(libraries.map(|path| ("LD_LIBRARY_PATH".into(), path.into())));
        let said = said.iter().map(|(name, value)| (*name, value.into()));
        let (usual, own): (Vec<_>, Vec<(&str, OsString)>) =
            said.partition(|(name, _)| USUAL.contains(name));
        all.extend(usual.into_iter().map(|(name, value)| (name.into(), value)));
        let pushed = self.environment.iter();
        all.extend(pushed.map(|(name, value)| (name.into(), value.into())));
        all.insert(marker::NAME.into(), self.marker.value().into());
        all.insert("IRIS_UP_APP".into(), self.name.as_str().into());
        all.insert("IRIS_UP_VERSION".into(), self.version.to_string().into());
        all.extend(own.into_iter().map(|(name, value)| (name.into(), value)));
        all.into_iter().collect()
    }
}

/// A process that is waited for.
struct Watched {
    child: Child,
    begun: Begun,
    id: Pid,
    inside: Inside,
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
        let left = self.inside.leave();
        if let Some(group) = left.emptied() {
            group.end().await;
        }
        if let Some(explained) = left.group().and_then(|group| self.cell.explain(group)) {
            // Once for all that were in there.
            if left.emptied().is_some() {
                self.log.note(&explained).await;
            }
            how = format!("{explained}: {how}");
        }
        // As a rule it is empty by now.
        let left = left.emptied().filter(|group| !group.remove_now());
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

    /// Whose a port is that it listens at.
    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Asks it to end, and makes it where it does not within 10 seconds. Others in its enclosure go on. Whoever asks again
    /// gives it no more time than it has left.
    pub(crate) async fn stop(&self) {
        let told = *self.told.get_or_init(|| {
            self.tell(Signal::TERM);
            Instant::now()
        });
        if timeout_at(told + GRACE, self.ended()).await.is_err() {
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
            let _ = kill_process_group(self.id, signal);
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
