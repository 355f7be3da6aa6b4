//! Files, ports and signals: a Landlock domain (<https://docs.kernel.org/userspace-api/landlock.html>). What is not
//! allowed here is refused, whoever owns it.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, NetPort,
    PathBeneath, PathFd, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The newest level that is asked for. An older kernel gives what it has.
const NEWEST: ABI = ABI::V9;

/// What programs need of a system to run at all: they are read and run, never written. What is not there is left out.
///
/// All of `/proc` is among it: a process's own part cannot be named before it is there, and has another name for each that
/// it starts. The kernel keeps the private parts (memory, environment, files) of those outside the domain closed; what
/// `ps` shows is open.
const SYSTEM: [&str; 20] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/etc",
    // What `/etc/resolv.conf` points to.
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager/resolv.conf",
    "/proc",
    // How many processors there are, and how much of them and of memory; large pages.
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    "/sys/fs/cgroup",
    "/sys/kernel/mm",
    "/dev/fd",
];

/// Devices that are nobody's.
const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

/// What is allowed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Domain {
    /// What is read and run.
    pub(crate) read: Vec<PathBuf>,
    /// What is written, too.
    pub(crate) write: Vec<PathBuf>,
    /// Devices that are read and written.
    pub(crate) devices: Vec<PathBuf>,
    /// The TCP ports to listen at; `None` for any.
    pub(crate) listen: Option<Vec<u16>>,
    /// The TCP ports to connect to, of any address; `None` for any.
    pub(crate) connect: Option<Vec<u16>>,
}

impl Domain {
    /// What every app has of the system.
    pub(crate) fn system() -> Domain {
        let there = |paths: &[&str]| {
            let paths = paths.iter().map(PathBuf::from);
            paths.filter(|path| path.exists()).collect()
        };
        Domain {
            read: there(&SYSTEM),
            devices: there(&DEVICES),
            ..Domain::default()
        }
    }

    /// As words of a plan.
    pub(super) fn tell(&self, say: &mut impl FnMut(&str, &OsStr)) {
        for (key, paths) in [
            ("read", &self.read),
            ("write", &self.write),
            ("device", &self.devices),
        ] {
            for path in paths {
                say(key, path.as_os_str());
            }
        }
        for (key, ports) in [("listen", &self.listen), ("connect", &self.connect)] {
            match ports {
                None => say(key, "any".as_ref()),
                Some(ports) => {
                    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                    say(key, ports.join(",").as_ref());
                }
            }
        }
    }

    /// One such word.
    pub(super) fn take(&mut self, key: &str, value: &[u8]) -> Option<()> {
        let path = || PathBuf::from(OsString::from_vec(value.to_vec()));
        match key {
            "read" => self.read.push(path()),
            "write" => self.write.push(path()),
            "device" => self.devices.push(path()),
            "listen" => self.listen = ports(value)?,
            "connect" => self.connect = ports(value)?,
            _ => return None,
        }
        Some(())
    }
}

fn ports(value: &[u8]) -> Option<Option<Vec<u16>>> {
    match str::from_utf8(value).ok()? {
        "any" => Some(None),
        "" => Some(Some(Vec::new())),
        ports => {
            let ports: Result<Vec<u16>, _> = ports.split(',').map(str::parse).collect();
            ports.ok().map(Some)
        }
    }
}

/// The rules of every app whose ports are limited, made before it is known for which: they are most of what there is to do.
pub(super) struct Prepared {
    rules: RulesetCreated,
    system: Domain,
}

impl Prepared {
    /// `None` where that cannot be done: then it is told once there is a plan.
    pub(super) fn new() -> Option<Prepared> {
        let mut system = Domain::system();
        // What may be another file of the same name by then is opened then.
        system.read.retain(|path| !path.starts_with("/run"));
        let rules = allow(begin(true, true).ok()?, &system).ok()?;
        Some(Prepared { rules, system })
    }

    /// What else is allowed in this domain, where these rules are among its own.
    fn rest(&self, domain: &Domain) -> Option<Domain> {
        let read = &self.system.read;
        let ports = domain.listen.is_some() && domain.connect.is_some();
        let fits = ports
            && domain.devices == self.system.devices
            && read.iter().all(|path| domain.read.contains(path));
        fits.then(|| {
            let mut rest = domain.clone();
            rest.read.retain(|path| !read.contains(path));
            rest.devices.clear();
            rest
        })
    }
}

/// Enters the domain, for good, and gives the level that the kernel has.
///
/// # Errors
///
/// What of it does not work: there is no Landlock, or no such path.
pub(super) fn enter(domain: &Domain, prepared: Option<Prepared>) -> Result<i32, String> {
    let status = restrict(domain, prepared)?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, LandlockStatus::NotEnabled) => {
            Err("Landlock is not enabled in this kernel (its parameter lsm=)".to_owned())
        }
        (RulesetStatus::NotEnforced, _) => Err("this kernel has no Landlock".to_owned()),
        (_, LandlockStatus::Available { effective_abi, .. }) => Ok(effective_abi as i32),
        _ => Ok(0),
    }
}

fn restrict(domain: &Domain, prepared: Option<Prepared>) -> Result<RestrictionStatus, String> {
    let rest = prepared.and_then(|prepared| Some((prepared.rest(domain)?, prepared.rules)));
    let rules = match rest {
        Some((rest, rules)) => allow(rules, &rest)?,
        None => {
            let rules = begin(domain.listen.is_some(), domain.connect.is_some())?;
            allow(rules, domain)?
        }
    };
    rules.restrict_self().map_err(|error| told(&error))
}

/// Rules by which nothing is allowed: no file, no signal, and where it says so no port to listen at, or to connect to.
fn begin(listen: bool, connect: bool) -> Result<RulesetCreated, String> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|rules| rules.scope(Scope::from_all(NEWEST)));
    for (is_handled, access) in [
        (listen, AccessNet::BindTcp),
        (connect, AccessNet::ConnectTcp),
    ] {
        if is_handled {
            rules = rules.and_then(|rules| rules.handle_access(access));
        }
    }
    let rules = rules.and_then(Ruleset::create);
    rules.map_err(|error| told(&error))
}

/// Allows what is in a domain.
fn allow(mut rules: RulesetCreated, domain: &Domain) -> Result<RulesetCreated, String> {
    for (paths, access) in [
        (&domain.read, AccessFs::from_read(NEWEST)),
        (&domain.write, AccessFs::from_all(NEWEST)),
        (
            &domain.devices,
            AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev,
        ),
    ] {
        for path in paths {
            let (opened, is_folder) = open(path).map_err(|error| named(path, &error))?;
            // Of a file only what can be done with files can be allowed.
            let access = match is_folder {
                true => access,
                false => access & AccessFs::from_file(NEWEST),
            };
            let rule = PathBeneath::new(opened, access);
            rules = rules.add_rule(rule).map_err(|error| named(path, &error))?;
        }
    }
    for (ports, access) in [
        (&domain.listen, AccessNet::BindTcp),
        (&domain.connect, AccessNet::ConnectTcp),
    ] {
        for port in ports.iter().flatten() {
            let rule = NetPort::new(*port, access);
            rules = rules.add_rule(rule).map_err(|error| told(&error))?;
        }
    }
    Ok(rules)
}

fn told(error: &dyn std::error::Error) -> String {
    error.to_string()
}

fn open(path: &Path) -> io::Result<(PathFd, bool)> {
    let is_folder = fs::metadata(path)?.is_dir();
    let opened = PathFd::new(path).map_err(io::Error::other)?;
    Ok((opened, is_folder))
}

fn named(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_prepared_is_part_of_each_app_whose_ports_are_limited() {
        let prepared = Prepared::new().unwrap();
        let mut domain = Domain::system();
        domain.read.push("/srv/app".into());
        domain.write.push("/srv/data".into());
        domain.listen = Some(vec![8080]);
        domain.connect = Some(vec![443]);
        let rest = prepared.rest(&domain).unwrap();
        let others = |path: &&PathBuf| !path.starts_with("/run");
        let read: Vec<_> = rest.read.iter().filter(others).collect();
        assert_eq!(read, [Path::new("/srv/app")]);
        assert_eq!(rest.write, domain.write);
        assert_eq!(rest.devices, [] as [PathBuf; 0]);
        assert_eq!(
            (&rest.listen, &rest.connect),
            (&domain.listen, &domain.connect)
        );
        domain.connect = None;
        assert_eq!(prepared.rest(&domain), None);
        domain.connect = Some(Vec::new());
        domain.read.remove(0);
        assert_eq!(prepared.rest(&domain), None);
    }
}
