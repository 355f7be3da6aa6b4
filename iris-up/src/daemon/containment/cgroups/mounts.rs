//! Where control groups are mounted, and where in them this process is.

use super::{Controls, OWN};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Which of the two interfaces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Version {
    One,
    Two,
}

/// A hierarchy.
#[derive(Debug, PartialEq)]
pub(super) struct Mount {
    pub(super) point: PathBuf,
    pub(super) version: Version,
    /// What it controls. In version 2 each group says that of itself.
    pub(super) controls: Controls,
    /// The folder of the group that this process is in.
    pub(super) own: PathBuf,
    /// Whether there are hierarchies of version 1, too.
    pub(super) is_beside_version_one: bool,
}

/// Those that are of use here.
pub(super) fn all() -> io::Result<Vec<Mount>> {
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    let own = fs::read_to_string("/proc/self/cgroup")?;
    Ok(read(&mounts, &own, Path::is_dir))
}

/// From `/proc/self/mountinfo` and `/proc/self/cgroup` (proc(5), cgroups(7)).
fn read(mounts: &str, own: &str, is_there: impl Fn(&Path) -> bool) -> Vec<Mount> {
    let mut found: Vec<Mount> = Vec::new();
    for line in mounts.lines() {
        // 36 35 98:0 /root /point options - type source options
        let Some((before, behind)) = line.split_once(" - ") else {
            continue;
        };
        let before: Vec<&str> = before.split(' ').collect();
        let behind: Vec<&str> = behind.split(' ').collect();
        let (&[_, _, _, root, point, ..], &[kind, _, options, ..]) = (&before[..], &behind[..])
        else {
            continue;
        };
        let (version, controls) = match kind {
            "cgroup2" => (Version::Two, Controls::default()),
            "cgroup" => (Version::One, Controls::of(options.split(','))),
            _ => continue,
        };
        if version == Version::One && controls.is_empty() {
            continue;
        }
        let point = PathBuf::from(point);
        // The same hierarchy may be mounted twice.
        let again = |mount: &Mount| mount.version == version && mount.controls == controls;
        if found.iter().any(again) {
            continue;
        }
        let path = own_path(own, version, controls).unwrap_or("/");
        // In a container the path may be one of the host's, of which only what is below `root` is to be seen.
        let below = Path::new(path).strip_prefix(root).unwrap_or(Path::new(""));
        let mut folder = point.join(below.strip_prefix("/").unwrap_or(below));
        if folder.ends_with(OWN) {
            folder.pop();
        }
        let own = if is_there(&folder) {
            folder
        } else {
            point.clone()
        };
        found.push(Mount {
            point,
            version,
            controls,
            own,
            is_beside_version_one: false,
        });
    }
    let beside = found.iter().any(|mount| mount.version == Version::One);
    for mount in &mut found {
        mount.is_beside_version_one = beside;
    }
    found
}

/// The path in `4:memory:/path`; that of version 2 is in `0::/path`.
fn own_path(own: &str, version: Version, controls: Controls) -> Option<&str> {
    own.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (names, path) = (parts.next()?, parts.next()?);
        let is = match version {
            Version::Two => names.is_empty(),
            Version::One => !names.is_empty() && Controls::of(names.split(',')) == controls,
        };
        is.then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_2_alone() {
        let mounts =
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        let own = "0::/system.slice/iris-up.service/iris-up-daemon\n";
        let found = read(mounts, own, |_| true);
        assert_eq!(found.len(), 1);
        let own = Path::new("/sys/fs/cgroup/system.slice/iris-up.service");
        assert_eq!(found[0].own, own);
        assert!(!found[0].is_beside_version_one);
    }

    #[test]
    fn version_1_with_version_2_beside_it() {
        let mounts = "\
            40 38 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
            41 38 0:34 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
            42 38 0:35 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n\
            43 38 0:36 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n\
            44 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
        let own = "5:cpu,cpuacct:/a\n4:memory:/docker/1/b\n3:freezer:/\n0::/c\n";
        let found = read(mounts, own, |folder| !folder.ends_with("c"));
        let own: Vec<&str> = found
            .iter()
            .map(|mount| mount.own.to_str().unwrap())
            .collect();
        let expected = [
            "/sys/fs/cgroup/cpu/a",
            "/sys/fs/cgroup/memory/b",
            "/sys/fs/cgroup/unified",
        ];
        assert_eq!(own, expected);
        assert!(found.iter().all(|mount| mount.is_beside_version_one));
        assert!(found[1].controls.memory && !found[1].controls.processes);
    }
}
