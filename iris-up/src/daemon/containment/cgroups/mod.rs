//! Control groups: how much memory, processor time and how many processes an app's process may have with all that it starts,
//! and all of them ended at once. Both versions of the kernel's interface, and both at a time:
//! <https://docs.kernel.org/admin-guide/cgroup-v2.html>, <https://docs.kernel.org/admin-guide/cgroup-v1/>.

mod group;
mod mounts;

pub(crate) use group::Group;

use crate::daemon::containment::terms::Terms;
use mounts::{Mount, Version};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the daemon itself goes in version 2, which lets no process be where groups are made.
const OWN: &str = "iris-up-daemon";

/// Where this daemon makes the groups of its apps.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    parents: Arc<[Parent]>,
    next: Arc<AtomicU64>,
}

/// Its place in one hierarchy.
#[derive(Debug, Clone)]
struct Parent {
    folder: PathBuf,
    version: Version,
    controls: Controls,
}

/// What is limited there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Controls {
    pub(crate) memory: bool,
    pub(crate) processor: bool,
    pub(crate) processes: bool,
}

impl Controls {
    fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Controls {
        let mut controls = Controls::default();
        for name in names {
            match name {
                "memory" => controls.memory = true,
                "cpu" => controls.processor = true,
                "pids" => controls.processes = true,
                _ => {}
            }
        }
        controls
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.memory, "memory"),
            (self.processor, "cpu"),
            (self.processes, "pids"),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, name)| name)
    }

    fn is_empty(self) -> bool {
        self == Controls::default()
    }
}

impl Groups {
    /// Makes a place of this name in every hierarchy that is of use.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) fn make(name: &str) -> Result<Groups, String> {
        let mounts = mounts::all().map_err(|error| error.to_string())?;
        let mut parents = Vec::new();
        let mut why = "no control groups are mounted".to_owned();
        for mount in &mounts {
            match parent(mount, name) {
                Ok(parent) => parents.push(parent),
                Err(error) => why = format!("{}: {error}", mount.point.display()),
            }
        }
        match parents.is_empty() {
            true => Err(why),
            false => Ok(Groups {
                parents: parents.into(),
                next: Arc::default(),
            }),
        }
    }

    /// What can be limited.
    pub(crate) fn controls(&self) -> Controls {
        let names = self
            .parents
            .iter()
            .flat_map(|parent| parent.controls.names());
        Controls::of(names)
    }

    /// Of which versions they are: `v1`, `v2` or both.
    pub(crate) fn versions(&self) -> String {
        let has = |version| self.parents.iter().any(|parent| parent.version == version);
        match (has(Version::One), has(Version::Two)) {
            (true, true) => "v1 and v2",
            (true, false) => "v1",
            (false, _) => "v2",
        }
        .to_owned()
    }

    /// The folders where groups are made.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.parents.iter().map(|parent| parent.folder.as_path())
    }

    /// A group for an app, whose processes join it by themselves.
    pub(crate) fn create(&self, terms: &Terms) -> io::Result<Group> {
        self.make_group(|group| group.limit(terms))
    }

    /// A group with this process in it, which nothing limits yet.
    pub(crate) fn create_for(&self, process: u32) -> io::Result<Group> {
        self.make_group(|group| group.add(process))
    }

    /// A group that is as it should be once this is done.
    fn make_group(&self, prepare: impl FnOnce(&Group) -> io::Result<()>) -> io::Result<Group> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut group = Group::default();
        let mut made = self.parents.iter().try_for_each(|parent| {
            let folder = parent.folder.join(format!("app.{number}"));
            group.make(folder, parent.version, parent.controls)
        });
        made = made.and_then(|()| prepare(&group));
        match made {
            Ok(()) => Ok(group),
            Err(error) => {
                group.remove_now();
                Err(io::Error::other(format!("a control group: {error}")))
            }
        }
    }

    /// Ends all processes in groups that are there, and removes those.
    pub(crate) async fn sweep(&self) {
        for folder in self.folders() {
            sweep(folder).await;
        }
    }

    /// Removes the places, where no group is left in them.
    pub(crate) fn remove(&self) {
        for folder in self.folders() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Ends all processes in the groups of a folder, and removes the groups.
pub(crate) async fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            let group = Group::found(entry.path());
            group.end().await;
            group.remove().await;
        }
    }
}

/// A place in a hierarchy: below the daemon's own group, so that what limits the daemon limits its apps, or at the top
/// where that cannot be.
fn parent(mount: &Mount, name: &str) -> io::Result<Parent> {
    let own = &mount.own;
    match place(own, mount, name) {
        Ok(parent) => Ok(parent),
        Err(_) if own != &mount.point => place(&mount.point, mount, name),
        Err(error) => Err(error),
    }
}

fn place(above: &Path, mount: &Mount, name: &str) -> io::Result<Parent> {
    let folder = above.join(name);
    let made = match fs::create_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    };
    made?;
    if !folder.join("cgroup.procs").exists() {
        // Something else is mounted over it.
        let _ = fs::remove_dir(&folder);
        return Err(io::Error::other("it is no control group"));
    }
    let controls = match mount.version {
        Version::One => mount.controls,
        Version::Two => match hand_down(above, &folder) {
            Ok(controls) if controls.is_empty() && mount.is_beside_version_one => {
                let _ = fs::remove_dir(&folder);
                return Err(io::Error::other("version 1 has the controllers"));
            }
            Ok(controls) => controls,
            Err(error) => {
                let _ = fs::remove_dir(&folder);
                return Err(error);
            }
        },
    };
    // It must be possible to make groups in there.
    let probe = folder.join("probe");
    fs::create_dir(&probe)?;
    fs::remove_dir(&probe)?;
    Ok(Parent {
        folder,
        version: mount.version,
        controls,
    })
}

/// Version 2: what there is of controllers is for the groups below, and theirs below those.
fn hand_down(above: &Path, folder: &Path) -> io::Result<Controls> {
    let available = fs::read_to_string(above.join("cgroup.controllers"))?;
    let controls = Controls::of(available.split_whitespace());
    if controls.is_empty() {
        return Ok(controls);
    }
    let words: Vec<String> = controls.names().map(|name| format!("+{name}")).collect();
    let words = words.join(" ");
    let own = above.join("cgroup.subtree_control");
    if let Err(error) = fs::write(&own, &words) {
        // A group with processes in it has none below with controllers. Where all are the daemon's it makes room.
        make_room(above).map_err(|_| error)?;
        fs::write(&own, &words)?;
    }
    fs::write(folder.join("cgroup.subtree_control"), &words)?;
    Ok(controls)
}

fn make_room(above: &Path) -> io::Result<()> {
    let inside = fs::read_to_string(above.join("cgroup.procs"))?;
    let own = std::process::id().to_string();
    if inside.lines().any(|id| id != own) {
        return Err(io::Error::other(
            "other processes are in the daemon's group",
        ));
    }
    let room = above.join(OWN);
    let _ = fs::create_dir(&room);
    fs::write(room.join("cgroup.procs"), "0")
}
