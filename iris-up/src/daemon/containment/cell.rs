//! One version of an app: how its processes are started, so that they stay where they belong.

pub(crate) use super::cgroups::Group;

use super::launcher::{Channel, Stage};
use super::terms::Terms;
use super::{Containment, Sandbox};
use crate::daemon::Failure;
use crate::daemon::process::Order;
use crate::messages::iris::up::v1::Settings;
use crate::name::AppName;
use crate::sandbox::Failed;
use crate::sandbox::domain::Domain;
use crate::sandbox::limits::Limit;
use crate::sandbox::plan::{Plan, Program};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};

/// How many times as much address space a process may have as memory, where that alone can be limited: threads and
/// allocators take more than they use.
const SPACE: u64 = 4;

/// How long an app has the processors to itself, as far as it is about the next.
const PAUSE: Duration = Duration::from_millis(25);

/// The port of a process that the daemon knows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Port {
    /// Where it listens.
    Own(u16),
    /// Where it asks for events.
    Events(u16),
}

/// What holds one version of an app.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    containment: Arc<Containment>,
    user: Option<u32>,
    terms: Terms,
    own: PathBuf,
    temporary: PathBuf,
    /// What every app has of the system.
    system: Domain,
}

/// A process that has been started, and becomes the app once [`Begun::become_app`] has told it how.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) begun: Begun,
}

/// What a process is still to be told.
#[derive(Debug)]
pub(crate) struct Begun(Option<(Channel, Vec<u8>, Option<OwnedFd>)>);

impl Begun {
    /// Tells it, and waits until it is the app; gives why it did not become that, where it did not.
    pub(crate) async fn become_app(self, cell: &Cell) -> Option<Failed> {
        let (channel, plan, listener) = self.0?;
        let told = channel.tell(&plan, listener).await;
        prepare_next(cell.containment.clone());
        // Where it has gone there is its end, which says more.
        Failed::parse(&told.ok()??)
    }
}

impl Cell {
    /// Makes its folders.
    ///
    /// # Errors
    ///
    /// Where that cannot be done, or its settings make no sense.
    pub(crate) fn new(
        containment: Arc<Containment>,
        app: &AppName,
        number: u32,
        settings: &Settings,
    ) -> Result<Cell, Failure> {
        let terms = Terms::of(settings);
        let terms = terms.map_err(|why| Failure::during(format!("the settings of {app}"), why))?;
        let user = containment.user(number);
        let (own, temporary) = containment.folders.of_app(app, user)?;
        Ok(Cell {
            containment,
            user,
            terms,
            own,
            temporary,
            system: Domain::system(),
        })
    }

    /// Its own folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.own
    }

    pub(crate) fn temporary(&self) -> &Path {
        &self.temporary
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// A control group for processes of it, where there are such.
    ///
    /// # Errors
    ///
    /// Where it cannot be made.
    pub(crate) fn group(&self) -> io::Result<Option<Group>> {
        let Some(groups) = self.containment.groups() else {
            return Ok(None);
        };
        let Some(ready) = self.containment.launcher.take_group() else {
            return groups.create(&self.terms).map(Some);
        };
        if ready.limit(&self.terms).is_ok() {
            return Ok(Some(ready));
        }
        // Who waits in there may have more than the app is to have.
        ready.give_up();
        groups.create(&self.terms).map(Some)
    }

    /// Starts a process of it in a folder and with all of its variables, in that group, with the tree that it is in.
    ///
    /// # Errors
    ///
    /// Where too many files are open, or what it is to be cannot be said.
    pub(crate) fn start(
        &self,
        order: &Order<'_>,
        environment: Vec<(OsString, OsString)>,
        folder: &Path,
        tree: Option<&Path>,
        group: Option<&Group>,
    ) -> io::Result<Started> {
        let containment = &self.containment;
        if containment.settings.sandbox == Sandbox::Off {
            return start_free(order, environment, folder);
        }
        let inside = group.and_then(Group::take_inside);
        let joins = group.filter(|_| inside.is_none());
        let groups = joins.into_iter().flat_map(Group::folders);
        let made_of = tree.unwrap_or(order.program);
        let plan = Plan {
            groups: groups.map(Path::to_owned).collect(),
            user: self.user,
            limits: self.limits(),
            domain: containment
                .level
                .is_ok()
                .then(|| self.domain(made_of, order.port)),
            syscalls: containment.syscalls.is_ok().then(|| containment.sockets()),
            program: Some(Program {
                path: order.program.to_owned(),
                arguments: order.arguments.iter().map(OsString::from).collect(),
                environment,
                folder: folder.to_owned(),
            }),
        };
        let plan = plan.written()?;
        let listener = order.listener.map(|listener| listener.try_clone_to_owned());
        let listener = listener.transpose()?;
        let Stage { child, channel } = match inside {
            Some(stage) => stage,
            None => containment.launcher.take()?,
        };
        Ok(Started {
            child,
            begun: Begun(Some((channel, plan, listener))),
        })
    }

    /// The user that its processes have, where that is its own.
    pub(crate) fn user(&self) -> Option<u32> {
        self.user
    }

    fn limits(&self) -> Vec<(Limit, u64)> {
        let Terms {
            memory, processes, ..
        } = self.terms;
        let mut limits = vec![
            (Limit::OpenFiles, self.terms.open_files.into()),
            (Limit::FileSize, self.terms.file_size),
            (Limit::Core, 0),
            (Limit::Queues, 0),
        ];
        let groups = self.containment.groups();
        let controls = groups
            .map(super::cgroups::Groups::controls)
            .unwrap_or_default();
        if !controls.memory {
            limits.push((Limit::Data, memory.saturating_mul(SPACE)));
        }
        if !controls.processes {
            // It counts all of the user's, who may have others.
            let others = match self.user {
                Some(_) => 0,
                None => tasks(),
            };
            limits.push((Limit::Processes, others + u64::from(processes)));
        }
        limits
    }

    /// With what the app is made of: an executable, or a tree.
    fn domain(&self, made_of: &Path, port: Port) -> Domain {
        let mut domain = self.system.clone();
        let terms = &self.terms;
        domain.read.push(made_of.to_owned());
        domain.read.extend(terms.read.iter().cloned());
        domain
            .write
            .extend([self.own.clone(), self.temporary.clone()]);
        domain.write.extend(terms.write.iter().cloned());
        let mut listen = terms.listen.clone();
        let mut connect = terms.connect.clone();
        match port {
            Port::Own(port) => listen.push(port),
            Port::Events(port) => connect.iter_mut().for_each(|ports| ports.push(port)),
        }
        domain.listen = Some(listen);
        domain.connect = connect;
        domain
    }

    /// What became of a process, where that was for lack of memory.
    pub(crate) fn explain(&self, group: &Group) -> Option<String> {
        let memory = self.terms.memory_said();
        let explained = format!("its memory limit of {memory} was reached");
        group.ran_out_of_memory().then_some(explained)
    }
}

/// Makes the next start shorter once this one has had its time: what is kept ready is a large program, and to load that at once would
/// take the processors from the app that begins.
fn prepare_next(containment: Arc<Containment>) {
    tokio::spawn(async move {
        tokio::time::sleep(PAUSE).await;
        // The kernel lets whoever starts a program wait until that begins.
        let _ = tokio::task::spawn_blocking(move || containment.prepare_launch()).await;
    });
}

/// Starts a process that nothing holds.
fn start_free(
    order: &Order<'_>,
    environment: Vec<(OsString, OsString)>,
    folder: &Path,
) -> io::Result<Started> {
    if order.listener.is_some() {
        // That is done by the launcher stage.
        let why = "sockets are not handed over with --sandbox off";
        return Err(io::Error::new(io::ErrorKind::Unsupported, why));
    }
    let child = Command::new(order.program)
        .args(order.arguments)
        .env_clear()
        .envs(environment)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    Ok(Started {
        child,
        begun: Begun(None),
    })
}

/// All processes and threads of this system: the number behind the `/` in `0.20 0.18 0.12 1/80 11206` (proc(5)).
fn tasks() -> u64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let tasks = load
        .split(' ')
        .nth(3)
        .and_then(|tasks| tasks.split_once('/'));
    tasks
        .and_then(|(_, all)| all.parse().ok())
        .unwrap_or_default()
}
