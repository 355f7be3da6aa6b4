//! The steps of the stage, in an order in which each still may do what it has to.

use super::channel::{Channel, Order};
use super::domain::Prepared;
use super::plan::Plan;
use super::syscalls::Sockets;
use super::{descriptors, domain, limits, privileges, syscalls};
use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The argument that makes this program the stage.
pub(crate) const FLAG: &str = "--iris-up-launch";

/// What a program ends with that does not become the app (as shells have it).
const CANNOT_BE_RUN: u8 = 126;

/// How long a program may be open for writing.
const BUSY: Duration = Duration::from_secs(2);

/// What was done before there was a plan.
struct Before {
    /// System calls that are refused, and whether that worked.
    syscalls: (Sockets, Result<(), String>),
    domain: Option<Prepared>,
}

/// Whether this program has the stage: a daemon in another one would start that again and again.
static IS_THERE: AtomicBool = AtomicBool::new(false);

/// What was promised and could not be done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failed {
    /// Of what kind it is, as [`layers`](crate::daemon::containment) are called; `program` where it is the app itself.
    pub(crate) layer: String,
    pub(crate) why: String,
}

impl Failed {
    pub(crate) fn at(layer: &str, why: impl fmt::Display) -> Failed {
        Failed {
            layer: layer.to_owned(),
            why: why.to_string(),
        }
    }

    /// As the stage writes it.
    fn written(&self) -> String {
        format!("{}: {}", self.layer, self.why)
    }

    /// What the stage has written.
    pub(crate) fn parse(written: &str) -> Option<Failed> {
        let (layer, why) = written.split_once(": ")?;
        Some(Failed::at(layer, why))
    }
}

pub(crate) fn is_there() -> bool {
    IS_THERE.load(Ordering::Relaxed)
}

pub(super) fn launch() -> Option<ExitCode> {
    IS_THERE.store(true, Ordering::Relaxed);
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != FLAG {
        return None;
    }
    // Without it nobody listens either.
    let channel = Channel::take().ok()?;
    let before = arguments.next();
    let before = before.and_then(|name| Sockets::parse(name.as_bytes()));
    let closed = descriptors::close_others(&channel);
    let before = before.map(|sockets| Before {
        syscalls: (sockets, syscalls::refuse(sockets)),
        domain: Prepared::new(),
    });
    let closed = closed.map_err(|error| Failed::at("descriptors", error));
    let done = match (channel.receive(), closed) {
        (Ok(Some(order)), Ok(())) => follow(order, before),
        (Ok(None), _) => return Some(ExitCode::SUCCESS),
        (Err(failed), _) | (_, Err(failed)) => Err(failed),
    };
    match done {
        Ok(level) => {
            channel.report(&format!("level: {level}"));
            Some(ExitCode::SUCCESS)
        }
        Err(failed) => {
            channel.report(&failed.written());
            Some(ExitCode::from(CANNOT_BE_RUN))
        }
    }
}

/// Does what is told; gives the level of Landlock, 0 without, where there is nothing to become.
fn follow(order: Order, before: Option<Before>) -> Result<i32, Failed> {
    let Order { plan, listener } = order;
    let closed = descriptors::close_input();
    closed.map_err(|error| Failed::at("descriptors", format!("/dev/null: {error}")))?;
    if let Some(program) = &plan.program {
        let entered = std::env::set_current_dir(&program.folder);
        entered.map_err(|error| Failed::at("folder", named(&program.folder, &error)))?;
    }
    let level = restrict(&plan, before)?;
    let Some(program) = plan.program else {
        return Ok(level);
    };
    let mut command = Command::new(&program.path);
    command
        .args(program.arguments)
        .env_clear()
        .envs(program.environment);
    // Closed where this ends without having become the app.
    let mut _handed = None;
    if let Some(listener) = listener {
        let handed = descriptors::hand_over(&listener);
        _handed = Some(handed.map_err(|error| Failed::at("descriptors", error))?);
        // It is this process that they are for (sd_listen_fds(3)).
        command.env("LISTEN_FDS", "1");
        command.env("LISTEN_PID", std::process::id().to_string());
    }
    if let Some(user) = plan.user {
        // As root this leaves all other groups, too.
        command.uid(user).gid(user);
    }
    match become_it(&program.path, command) {
        Ok(never) => match never {},
        Err(error) => Err(Failed::at("program", error)),
    }
}

/// Everything but to become another user, which goes with becoming the app; gives the level of Landlock, 0 without.
fn restrict(plan: &Plan, mut before: Option<Before>) -> Result<i32, Failed> {
    // What only the daemon's user may do comes first.
    for group in &plan.groups {
        join(group).map_err(|error| Failed::at("groups", named(group, &error)))?;
    }
    for (limit, value) in &plan.limits {
        let set = limits::set(*limit, *value);
        set.map_err(|error| Failed::at("limits", format!("{}: {error}", limit.name())))?;
    }
    match plan.user {
        Some(user) => {
            privileges::give_output_to(user).map_err(|error| Failed::at("user", error))?;
        }
        None => privileges::drop_all().map_err(|error| Failed::at("privileges", error))?,
    }
    let level = match &plan.domain {
        Some(domain) => {
            let prepared = before.as_mut().and_then(|before| before.domain.take());
            domain::enter(domain, prepared).map_err(|why| Failed::at("files", why))?
        }
        None => 0,
    };
    // From here on nothing is gained by any program that is run.
    rustix::thread::set_no_new_privs(true).map_err(|error| Failed::at("privileges", error))?;
    if let Some(sockets) = plan.syscalls {
        let refused = match before {
            Some(Before {
                syscalls: (before, refused),
                ..
            }) if before == sockets => refused,
            _ => syscalls::refuse(sockets),
        };
        refused.map_err(|why| Failed::at("system calls", why))?;
    }
    Ok(level)
}

/// Joins a control group.
fn join(group: &Path) -> io::Result<()> {
    // This process has one thread. To move that alone the kernel need not wait until no process is started or ends on any
    // processor, which takes it some 10 ms. Version 2 knows whole processes only.
    let file = match fs::OpenOptions::new().write(true).open(group.join("tasks")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::OpenOptions::new()
            .write(true)
            .open(group.join("cgroup.procs")),
        opened => opened,
    };
    // It is this process that 0 stands for.
    file?.write_all(b"0")
}

/// Becomes the app.
fn become_it(program: &Path, mut command: Command) -> io::Result<Infallible> {
    // The C library gives what the kernel does not know to a shell, which makes nonsense of it.
    let mut start = Vec::with_capacity(4);
    fs::File::open(program)?.take(4).read_to_end(&mut start)?;
    if !start.starts_with(b"#!") && start != b"\x7fELF" {
        return Err(io::Error::other(
            "it is no program and no script (Exec format error)",
        ));
    }
    let begun = Instant::now();
    loop {
        let error = command.exec();
        // The daemon has written the file, and closed it. A process that it has started at that very moment has it open until
        // that becomes another program.
        let is_busy = error.kind() == io::ErrorKind::ExecutableFileBusy;
        if !is_busy || begun.elapsed() > BUSY {
            return Err(error);
        }
        thread::yield_now();
    }
}

fn named(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
