//! What keeps apps where they belong, as far as this host can: found out when a daemon starts, by doing it.
//!
//! | to read | |
//! |---|---|
//! | `terms` | what an app may have and reach |
//! | `cell` | one version of an app: how its processes are started |
//! | `launcher` | what they are started by way of, one of which is kept ready |
//! | `trial` | what this host can do |
//! | `layers` | the same, as people are told |
//! | `folders` | who may read what of the daemon's folder |
//! | `cgroups` | memory, processors, number of processes; ending all of them |
//! | `leftovers` | processes that are found by their user alone |
//! | [`sandbox`](crate::sandbox) | what a process does to itself |

pub(crate) mod cell;
mod cgroups;
mod folders;
pub(crate) mod launcher;
mod layers;
pub(crate) mod leftovers;
pub(crate) mod terms;
mod trial;

pub(crate) use trial::examine;

use crate::daemon::Failure;
use crate::daemon::process::marker::Marker;
use crate::hash::Hash;
use crate::sandbox::syscalls::Sockets;
use cgroups::Groups;
use folders::Folders;
use launcher::Launcher;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use terms::Terms;

/// How much a daemon insists on what keeps apps where they belong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Sandbox {
    /// What this host has; the daemon says what is missing.
    #[default]
    BestEffort,
    /// All of it: where something is missing the daemon does not start.
    Required,
    /// Nothing: apps are processes of the daemon's user, as any other. For debuggers.
    Off,
}

/// What a daemon is told about its apps' processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxSettings {
    /// Whether something may be missing.
    pub sandbox: Sandbox,
    /// The first of the users that apps become where the daemon is root; up to 30,000 follow.
    pub first_user: u32,
}

impl Default for SandboxSettings {
    /// What this host has, and users from 70000 on: those above 65,535 are given to nobody by distributions, from 100,000
    /// on they are handed out for containers (`/etc/subuid`).
    fn default() -> Self {
        SandboxSettings {
            sandbox: Sandbox::BestEffort,
            first_user: 70_000,
        }
    }
}

/// The level of Landlock from which on it knows ports (Linux 6.7).
const PORTS: i32 = 4;

/// What holds for all apps of a daemon. Where something cannot be had it is said why.
#[derive(Debug)]
pub(crate) struct Containment {
    pub(crate) settings: SandboxSettings,
    launcher: Launcher,
    folders: Folders,
    /// Whether each app has a user of its own.
    users: Result<(), String>,
    /// The level of Landlock.
    level: Result<i32, String>,
    /// Whether system calls are refused.
    syscalls: Result<(), String>,
    groups: Result<Groups, String>,
}

impl Containment {
    /// For the daemon with this folder, which is made where it is not there. What an earlier one left behind in its groups
    /// is ended.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be used, or something is missing that must be there.
    pub(crate) async fn open(
        folder: &Path,
        settings: SandboxSettings,
    ) -> Result<Containment, Failure> {
        let folders = Folders::prepare(folder, settings.sandbox != Sandbox::Off)?;
        let mut containment = match settings.sandbox {
            Sandbox::Off => Containment::off(folders, settings),
            Sandbox::BestEffort | Sandbox::Required => {
                trial::find_out(folders, settings, &name_of(folder)?).await?
            }
        };
        for layer in containment.missing() {
            tracing::warn!(layer = %layer.name, why = %layer.detail, "apps are not held by this: see `iris-up doctor`");
        }
        if settings.sandbox == Sandbox::Required
            && let Some(layer) = containment.missing().next()
        {
            let what = format!("the sandbox is required, and has no layer {:?}", layer.name);
            return Err(Failure::during(what, layer.detail));
        }
        containment.sweep_earlier().await?;
        if containment.syscalls.is_ok() {
            let sockets = containment.sockets();
            containment.launcher.refuse_first(sockets);
        }
        containment.prepare_launch();
        Ok(containment)
    }

    fn off(folders: Folders, settings: SandboxSettings) -> Containment {
        let off = || "the daemon was started with --sandbox off".to_owned();
        Containment {
            settings,
            launcher: Launcher::of(folders.root()),
            folders,
            users: Err(off()),
            level: Err(off()),
            syscalls: Err(off()),
            groups: Err(off()),
        }
    }

    /// Whether a caller that is known by its user at the daemon's port is none of its apps: they have users of their own, or do
    /// not get to the port. Where there is no sandbox nobody asked for that.
    pub(crate) fn tells_apps_apart(&self) -> bool {
        let keeps_from_ports = self.level.as_ref().is_ok_and(|level| *level >= PORTS);
        self.settings.sandbox == Sandbox::Off || self.users.is_ok() || keeps_from_ports
    }

    /// Whether an app may have these terms. One that has the daemon's user could pass for that at this port, or change what the
    /// daemon keeps.
    ///
    /// # Errors
    ///
    /// Why it may not, for people.
    pub(crate) fn permit(&self, terms: &Terms, port: Option<u16>) -> Result<(), String> {
        if self.users.is_ok() || self.settings.sandbox == Sandbox::Off {
            return Ok(());
        }
        let root = self.folders.root();
        let mut paths = terms.read.iter().chain(&terms.write);
        if let Some(path) = paths.find(|path| path.starts_with(root) || root.starts_with(path)) {
            return Err(format!(
                "{} leads to the daemon's own folder",
                path.display()
            ));
        }
        let reaches = |port: &u16| {
            terms
                .connect
                .as_ref()
                .is_none_or(|ports| ports.contains(port))
        };
        match port.filter(reaches) {
            None => Ok(()),
            Some(port) => Err(format!(
                "at port {port} an app without a user of its own could pass for the daemon's owner: start the daemon with \
                 --require-password"
            )),
        }
    }

    /// The user of the app with this number, where it has one.
    fn user(&self, number: u32) -> Option<u32> {
        let user = self.settings.first_user.checked_add(number)?;
        self.users.as_ref().ok().map(|()| user)
    }

    /// The sockets that apps may have.
    fn sockets(&self) -> Sockets {
        match self.users {
            Ok(()) => Sockets::Local,
            Err(_) => Sockets::NotLocal,
        }
    }

    /// Groups, where there are.
    fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref().ok()
    }

    /// Ends what an earlier daemon with this folder left in groups, which may have been elsewhere, and writes down where
    /// they are now.
    async fn sweep_earlier(&self) -> Result<(), Failure> {
        let places = self.folders.groups();
        let earlier = std::fs::read_to_string(&places).unwrap_or_default();
        let name = name_of(self.folders.root())?;
        let now: Vec<&Path> = self
            .groups()
            .iter()
            .flat_map(|groups| groups.folders())
            .collect();
        for place in earlier.lines().map(Path::new) {
            // Nothing else is removed, whatever stands there.
            if place.ends_with(&name) && !now.contains(&place) {
                cgroups::sweep(place).await;
                let _ = std::fs::remove_dir(place);
            }
        }
        if let Some(groups) = self.groups() {
            groups.sweep().await;
        }
        let lines: String = now
            .iter()
            .map(|place| format!("{}\n", place.display()))
            .collect();
        std::fs::write(&places, lines).map_err(Failure::at(&places))
    }

    /// Ends whatever runs as the apps with these numbers, once none of their processes is to run. Groups leave nothing behind.
    pub(crate) async fn end_leftovers(
        &self,
        numbers: impl IntoIterator<Item = u32>,
        marker: &Marker,
    ) {
        if self.groups().is_some() {
            return;
        }
        let users = numbers.into_iter().filter_map(|number| self.user(number));
        leftovers::end_all(&users.collect(), marker).await;
    }

    /// Makes the next start of a process shorter.
    fn prepare_launch(&self) {
        if self.settings.sandbox != Sandbox::Off {
            self.launcher.refill(self.groups());
        }
    }

    /// Removes what it has made outside of its folder.
    pub(crate) async fn close(&self) {
        self.launcher.close().await;
        if let Some(groups) = self.groups() {
            groups.remove();
        }
    }
}

/// What the groups of the daemon with this folder are called.
fn name_of(folder: &Path) -> Result<String, Failure> {
    let folder: PathBuf = std::fs::canonicalize(folder).map_err(Failure::at(folder))?;
    let mut digest = Sha256::new();
    digest.update(folder.as_os_str().as_encoded_bytes());
    let hash = Hash::of(digest);
    Ok(format!("iris-up-{}", &hash.as_str()[..12]))
}
