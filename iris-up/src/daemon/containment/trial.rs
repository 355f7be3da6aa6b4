//! What this host can do: a process of the launcher stage is told to do all of it, and says what does not work. What is
//! promised to apps is so what has been done once.

use super::cgroups::{Group, Groups};
use super::folders::Folders;
use super::launcher::Launcher;
use super::terms::Terms;
use super::{Containment, Sandbox, SandboxSettings};
use crate::daemon::Failure;
use crate::messages::iris::up::v1::{Layer, Settings};
use crate::sandbox::domain::Domain;
use crate::sandbox::limits::Limit;
use crate::sandbox::plan::Plan;
use crate::sandbox::syscalls::Sockets;
use crate::sandbox::{self, Failed};
use rustix::thread::CapabilitySet;

/// Each layer may be missing once.
const ROUNDS: usize = 5;

/// What of it works here.
pub(super) async fn find_out(
    folders: Folders,
    settings: SandboxSettings,
    name: &str,
) -> Result<Containment, Failure> {
    const WHAT: &str = "starting apps by way of this program";
    if !sandbox::is_there() {
        let why = "it does not call `iris_up::sandbox::launch` first in `main`";
        return Err(Failure::during(WHAT, why));
    }
    let mut found = Containment {
        settings,
        launcher: Launcher::of(folders.root()),
        users: users(&folders),
        folders,
        level: Ok(0),
        syscalls: Ok(()),
        groups: Groups::make(name),
    };
    for _ in 0..ROUNDS {
        let failed = match found.try_out().await? {
            Ok(level) => {
                found.level = found.level.map(|_| level);
                return Ok(found);
            }
            Err(failed) => failed,
        };
        match failed.layer.as_str() {
            "groups" => found.groups = Err(failed.why),
            "user" => found.users = Err(failed.why),
            "files" => found.level = Err(failed.why),
            "system calls" => found.syscalls = Err(failed.why),
            layer => return Err(Failure::during(WHAT, format!("{layer}: {}", failed.why))),
        }
    }
    Err(Failure::during(WHAT, "nothing of it works"))
}

/// What a daemon of this user would have here, with a folder that others get to.
///
/// # Errors
///
/// Where that cannot be found out.
pub(crate) async fn examine() -> Result<Vec<Layer>, Failure> {
    // New, and nobody else's.
    let folder = tempfile::Builder::new().prefix("iris-up-doctor-").tempdir();
    let folder = folder.map_err(Failure::at(&std::env::temp_dir()))?;
    let settings = SandboxSettings::default();
    let found = async {
        let folders = Folders::prepare(folder.path(), settings.sandbox != Sandbox::Off)?;
        let name = super::name_of(folder.path())?;
        let found = find_out(folders, settings, &name).await?;
        found.close().await;
        Ok(found.layers(None))
    }
    .await;
    folder.close().map_err(Failure::at(&std::env::temp_dir()))?;
    found
}

/// Whether apps can have users of their own.
fn users(folders: &Folders) -> Result<(), String> {
    let needed = CapabilitySet::SETUID | CapabilitySet::SETGID | CapabilitySet::CHOWN;
    let has = rustix::thread::capabilities(None).map_err(|error| error.to_string())?;
    match has.effective.contains(needed) {
        true => folders.reached(),
        false => Err("the daemon is not root, so that its apps have its own user".to_owned()),
    }
}

impl Containment {
    async fn try_out(&self) -> Result<Result<i32, Failed>, Failure> {
        let terms = Terms::of(&Settings::default());
        let terms = terms.map_err(|why| Failure::during("the usual settings", why))?;
        let group = match self.groups() {
            Some(groups) => match groups.create(&terms) {
                Ok(group) => Some(group),
                Err(error) => return Ok(Err(Failed::at("groups", error))),
            },
            None => None,
        };
        let plan = Plan {
            groups: group
                .iter()
                .flat_map(Group::folders)
                .map(Into::into)
                .collect(),
            user: self.users.is_ok().then_some(self.settings.first_user),
            limits: vec![(Limit::Core, 0)],
            domain: self.level.is_ok().then(Domain::system),
            syscalls: self.syscalls.is_ok().then_some(Sockets::Local),
            program: None,
        };
        let told = self.launcher.try_out(&plan).await;
        if let Some(group) = group {
            group.remove().await;
        }
        let told = told.map_err(|error| Failure::during("the launcher stage", error))?;
        Ok(match told.strip_prefix("level: ") {
            Some(level) => Ok(level.parse().unwrap_or_default()),
            None => Err(Failed::parse(&told).unwrap_or_else(|| Failed::at("plan", told))),
        })
    }
}
