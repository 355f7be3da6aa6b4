//! Processes of the [launcher stage](crate::sandbox), one of which is kept ready: it has been started and waits for its plan,
//! so that an app does not wait until this program, which is a large one, has been loaded once more. It is in a control group of
//! its own, where there are such, so that an app does not wait for that either: version 2 of the kernel's moves a process once
//! nothing is started or ends on any processor, which takes some 10 ms.

use super::cgroups::{Group, Groups};
use crate::daemon::process::marker::{self, Marker};
use crate::sandbox::plan::Plan;
use crate::sandbox::syscalls::Sockets;
use crate::sandbox::{FLAG, channel};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

/// This very program, also where its file has been replaced.
const PROGRAM: &str = "/proc/self/exe";

/// The most bytes that the stage says of what went wrong.
const LONGEST: u64 = 16 * 1024;

/// Starts them.
#[derive(Debug)]
pub(super) struct Launcher {
    /// What they have in their environment, so that the next daemon finds one that has got its plan when this one is killed.
    marker: Marker,
    /// What of the plan is the same for all apps, and is done before there is one.
    before: Option<Sockets>,
    ready: Mutex<Ready>,
}

/// What is kept ready.
#[derive(Debug, Default)]
struct Ready {
    stage: Option<Stage>,
    /// Where that is.
    group: Option<Group>,
    /// One is being made ready.
    is_coming: bool,
    /// None is, for good.
    closed: bool,
}

/// A process of the stage that waits for its plan. Where it gets none it ends by itself, once this is dropped.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) child: Child,
    pub(super) channel: Channel,
}

/// The daemon's end of the socket to it.
#[derive(Debug)]
pub(crate) struct Channel(UnixStream);

impl Launcher {
    pub(super) fn of(folder: &Path) -> Launcher {
        Launcher {
            marker: Marker::of(folder),
            before: None,
            ready: Mutex::default(),
        }
    }

    /// They refuse these system calls from now on, before they are told more: that takes the kernel longer than most of what
    /// apps differ in.
    pub(super) fn refuse_first(&mut self, sockets: Sockets) {
        self.before = Some(sockets);
    }

    /// The group of the one that is ready, which is in it.
    pub(super) fn take_group(&self) -> Option<Group> {
        let mut ready = self.lock();
        let mut group = ready.group.take()?;
        match ready.stage.take().and_then(alive) {
            Some(stage) => {
                group.put_inside(stage);
                Some(group)
            }
            None => {
                group.give_up();
                None
            }
        }
    }

    /// One that waits for its plan, in no group: that which is ready, or a new one.
    pub(super) fn take(&self) -> io::Result<Stage> {
        let ready = {
            let mut ready = self.lock();
            match &ready.group {
                None => ready.stage.take(),
                Some(_) => None,
            }
        };
        match ready.and_then(alive) {
            Some(stage) => Ok(stage),
            None => self.start(),
        }
    }

    /// Sees to it that one is ready, in a group where there are such. Where that cannot be now, apps wait for theirs.
    pub(super) fn refill(&self, groups: Option<&Groups>) {
        {
            let mut ready = self.lock();
            if ready.stage.is_some() || ready.is_coming || ready.closed {
                return;
            }
            ready.is_coming = true;
        }
        // Whoever starts an app meanwhile does not wait for this one.
        let stage = self.start().ok();
        let id = stage.as_ref().and_then(|stage| stage.child.id());
        let group = groups
            .zip(id)
            .and_then(|(groups, id)| groups.create_for(id).ok());
        let mut ready = self.lock();
        ready.is_coming = false;
        if !ready.closed {
            (ready.stage, ready.group) = (stage, group);
            return;
        }
        drop(ready);
        drop(stage);
        if let Some(group) = group {
            group.give_up();
        }
    }

    /// None is ready from now on.
    pub(super) async fn close(&self) {
        let (stage, group) = {
            let mut ready = self.lock();
            ready.closed = true;
            (ready.stage.take(), ready.group.take())
        };
        drop(stage);
        if let Some(group) = group {
            group.end().await;
            group.remove().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a process do no more than this plan, and gives what it says in the end.
    pub(super) async fn try_out(&self, plan: &Plan) -> io::Result<String> {
        let Stage { mut child, channel } = self.start()?;
        let told = channel.tell(&plan.written()?, None).await?;
        child.wait().await?;
        Ok(told.unwrap_or_default())
    }

    fn start(&self) -> io::Result<Stage> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let child = Command::new(PROGRAM)
            .arg(FLAG)
            .args(self.before.map(Sockets::name))
            .env_clear()
            .env(marker::NAME, self.marker.value())
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let channel = Channel(UnixStream::from_std(ours)?);
        Ok(Stage { child, channel })
    }
}

/// As long as it has not ended.
fn alive(mut stage: Stage) -> Option<Stage> {
    let runs = matches!(stage.child.try_wait(), Ok(None));
    runs.then_some(stage)
}

impl Channel {
    /// Tells the stage what to do, and waits until it has become the app, or says why it did not; `None` where it said nothing.
    pub(crate) async fn tell(
        mut self,
        plan: &[u8],
        listener: Option<OwnedFd>,
    ) -> io::Result<Option<String>> {
        let sent = match listener {
            None => 0,
            Some(listener) => {
                let begin = || channel::begin(&self.0, plan, listener.as_fd());
                self.0.async_io(Interest::WRITABLE, begin).await?
            }
        };
        self.0.write_all(&plan[sent..]).await?;
        self.0.shutdown().await?;
        let mut told = Vec::new();
        self.0.take(LONGEST).read_to_end(&mut told).await?;
        let told = String::from_utf8_lossy(&told).into_owned();
        Ok(Some(told).filter(|told| !told.is_empty()))
    }
}
