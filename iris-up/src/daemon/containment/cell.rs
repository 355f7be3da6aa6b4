//! One version of an app: how its processes are started, so that they stay where they belong.

use super::cgroups::Group;
use super::launcher::{Channel, Stage};
use super::terms::Terms;
use super::{Containment, Sandbox};
use crate::daemon::Failure;
use crate::messages::iris::up::v1::Settings;
use crate::name::AppName;
use crate::sandbox::Failed;
use crate::sandbox::domain::Domain;
use crate::sandbox::limits::Limit;
use crate::sandbox::plan::{Plan, Program};
use crate::sandbox::syscalls::Sockets;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tokio::process::{Child, Command};

/// How many times as much address space a process may have as memory, where that alone can be limited: threads and
/// allocators take more than they use.
const SPACE: u64 = 4;

/// The port of a process that the daemon knows.
#[derive(Debug)]
pub(crate) enum Port {
    /// Where it listens itself.
    Own(u16),
    /// Where it is given a socket that listens, as systemd's services are (sd_listen_fds(3)).
    HandedOver(OwnedFd),
    /// Where it asks for events.
    Events(u16),
}

/// What holds one version of an app.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    containment: Arc<Containment>,
    /// What its groups are called.
    name: String,
    user: Option<u32>,
    terms: Terms,
    own: PathBuf,
    temporary: PathBuf,
    /// What every app has of the system.
    system: Domain,
}

/// What a process is to be.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [String],
    /// All of its environment.
    pub(crate) environment: Vec<(OsString, OsString)>,
    pub(crate) port: Port,
}

/// A process that has been started, and becomes the app once [`Begun::become_app`] has told it how.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) begun: Begun,
    /// Where all that it starts is with it.
    pub(crate) group: Option<Group>,
}

/// What a process is still to be told.
#[derive(Debug)]
pub(crate) struct Begun(Option<(Channel, Vec<u8>, Option<OwnedFd>)>);

impl Begun {
    /// Tells it, and waits until it is the app; gives why it did not become that, where it did not.
    pub(crate) async fn become_app(self, cell: &Cell) -> Option<Failed> {
        let (channel, plan, listener) = self.0?;
        let told = channel.tell(&plan, listener).await;
        cell.containment.prepare_launch();
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
        version: u64,
        number: u32,
        settings: &Settings,
    ) -> Result<Cell, Failure> {
        let terms = Terms::of(settings);
        let terms = terms.map_err(|why| Failure::during(format!("the settings of {app}"), why))?;
        let user = containment.user(number);
        let (own, temporary) = containment.folders.of_app(app, user)?;
        Ok(Cell {
            containment,
            name: format!("{app}-{version}"),
            user,
            terms,
            own,
            temporary,
            system: Domain::system(),
        })
    }

    /// Its working directory, its own.
    pub(crate) fn folder(&self) -> &Path {
        &self.own
    }

    pub(crate) fn temporary(&self) -> &Path {
        &self.temporary
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Starts a process of it.
    ///
    /// # Errors
    ///
    /// Where it has no group, too many files are open, or what it is to be cannot be said.
    pub(crate) fn start(&self, order: Order<'_>) -> io::Result<Started> {
        let containment = &self.containment;
        if containment.settings.sandbox == Sandbox::Off {
            return self.start_free(order);
        }
        let group = match containment.groups() {
            Some(groups) => Some(groups.create(&self.name, &self.terms)?),
            None => None,
        };
        let folders = group.iter().flat_map(Group::folders);
        let plan = Plan {
            groups: folders.map(Path::to_owned).collect(),
            user: self.user,
            limits: self.limits(),
            domain: containment
                .level
                .is_ok()
                .then(|| self.domain(order.program, &order.port)),
            syscalls: containment.syscalls.is_ok().then(|| self.sockets()),
            program: Some(Program {
                path: order.program.to_owned(),
                arguments: order.arguments.iter().map(OsString::from).collect(),
                environment: order.environment,
                folder: self.own.clone(),
            }),
        };
        let started = plan
            .written()
            .and_then(|written| Ok((written, containment.launcher.take()?)));
        let (written, Stage { child, channel }) = started.inspect_err(|_| {
            if let Some(group) = &group {
                group.remove_now();
            }
        })?;
        let listener = match order.port {
            Port::HandedOver(listener) => Some(listener),
            Port::Own(_) | Port::Events(_) => None,
        };
        Ok(Started {
            child,
            begun: Begun(Some((channel, written, listener))),
            group,
        })
    }

    /// Starts a process that nothing holds.
    fn start_free(&self, order: Order<'_>) -> io::Result<Started> {
        if let Port::HandedOver(_) = order.port {
            // That is done by the launcher stage.
            let why = "sockets are not handed over with --sandbox off";
            return Err(io::Error::new(io::ErrorKind::Unsupported, why));
        }
        let child = Command::new(order.program)
            .args(order.arguments)
            .env_clear()
            .envs(order.environment)
            .current_dir(&self.own)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        Ok(Started {
            child,
            begun: Begun(None),
            group: None,
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

    fn domain(&self, program: &Path, port: &Port) -> Domain {
        let mut domain = self.system.clone();
        let terms = &self.terms;
        domain.read.push(program.to_owned());
        domain.read.extend(terms.read.iter().cloned());
        domain
            .write
            .extend([self.own.clone(), self.temporary.clone()]);
        domain.write.extend(terms.write.iter().cloned());
        let mut listen = terms.listen.clone();
        let mut connect = terms.connect.clone();
        match port {
            Port::Own(port) => listen.push(*port),
            // It listens already.
            Port::HandedOver(_) => {}
            Port::Events(port) => connect.iter_mut().for_each(|ports| ports.push(*port)),
        }
        domain.listen = Some(listen);
        domain.connect = connect;
        domain
    }

    fn sockets(&self) -> Sockets {
        match self.user {
            Some(_) => Sockets::Local,
            None => Sockets::NotLocal,
        }
    }

    /// What became of a process, where that was for lack of memory.
    pub(crate) fn explain(&self, group: &Group) -> Option<String> {
        let memory = self.terms.memory_said();
        let explained = format!("its memory limit of {memory} was reached");
        group.ran_out_of_memory().then_some(explained)
    }
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
