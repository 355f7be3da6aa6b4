//! What is enforced, as people are told.

use super::terms::{Terms, said};
use super::{Containment, Sandbox};
use crate::messages::iris::up::v1::{Layer, layer::State};

/// From which level of Landlock on ports are held, and signals.
const PORTS: i32 = 4;
const SIGNALS: i32 = 6;
/// From which on sockets with a path are.
const LOCAL_SOCKETS: i32 = 9;

const ROOT: &str =
    "run the daemon as root, from a folder that others may pass, such as /var/lib/iris-up";
const KERNEL: &str = "use a kernel from 6.12 on, with landlock in its parameter lsm=";
const GROUPS: &str = "run the daemon as root, or in a systemd unit of its own with Delegate=yes";

impl Containment {
    /// Those that something else stands in for, or nothing.
    pub(super) fn missing(&self) -> impl Iterator<Item = Layer> {
        let layers = self.layers(None).into_iter();
        layers.filter(|layer| layer.state() != State::Enforced)
    }

    /// All layers: for any app, or for one with these terms.
    pub(crate) fn layers(&self, terms: Option<&Terms>) -> Vec<Layer> {
        if self.settings.sandbox == Sandbox::Off {
            let why = "the daemon was started with --sandbox off";
            return vec![layer("all", State::Missing, why, "start it without")];
        }
        vec![
            self.user_layer(),
            enforced(
                "privileges",
                "no capabilities, and no program gives any (no_new_privs)",
            ),
            self.files(terms),
            self.ports(terms),
            self.signals(),
            self.system_calls(),
            self.memory(terms),
            self.processor(terms),
            self.processes(terms),
            limits(terms),
            self.end(),
        ]
    }

    fn user_layer(&self) -> Layer {
        match &self.users {
            Ok(()) => {
                let first = self.settings.first_user;
                enforced("user", &format!("each app has its own, from {first} on"))
            }
            Err(why) => layer("user", State::Missing, why, ROOT),
        }
    }

    fn files(&self, terms: Option<&Terms>) -> Layer {
        let level = match self.level {
            Ok(level) => level,
            Err(ref why) => return layer("files", State::Missing, why, KERNEL),
        };
        let mut detail =
            format!("its own folder, and the system's to read (Landlock, level {level})");
        if let Some(terms) = terms {
            let said = |paths: &[std::path::PathBuf]| {
                let paths: Vec<_> = paths
                    .iter()
                    .map(|path| path.display().to_string())
                    .collect();
                paths.join(", ")
            };
            if !terms.read.is_empty() {
                detail += &format!("; reads {}", said(&terms.read));
            }
            if !terms.write.is_empty() {
                detail += &format!("; writes {}", said(&terms.write));
            }
        }
        enforced("files", &detail)
    }

    fn ports(&self, terms: Option<&Terms>) -> Layer {
        match &self.level {
            Ok(level) if *level < PORTS => {
                let why = format!("Landlock has level {level} here, and ports from {PORTS} on");
                layer("ports", State::Missing, &why, KERNEL)
            }
            Ok(_) => {
                let connect = match terms.map(|terms| terms.connect.as_deref()) {
                    Some(None) => "any".to_owned(),
                    Some(Some(ports)) => listed(ports),
                    None => "53, 80, 443 and those that are declared".to_owned(),
                };
                let more = match terms {
                    Some(terms) if !terms.listen.is_empty() => {
                        format!(" and at {}", listed(&terms.listen))
                    }
                    _ => String::new(),
                };
                let detail =
                    format!("listens at its own{more}, connects to {connect} (TCP; UDP is open)");
                enforced("ports", &detail)
            }
            Err(why) => layer("ports", State::Missing, why, KERNEL),
        }
    }

    fn signals(&self) -> Layer {
        match &self.level {
            Ok(level) if *level >= SIGNALS => {
                enforced("signals", "reach its own processes; abstract sockets, too")
            }
            _ if self.users.is_ok() => {
                let why = "reach its own user's processes; abstract sockets are open";
                layer("signals", State::Weaker, why, KERNEL)
            }
            Ok(level) => {
                let why = format!("Landlock has level {level} here, and signals from {SIGNALS} on");
                layer("signals", State::Missing, &why, KERNEL)
            }
            Err(why) => layer("signals", State::Missing, why, KERNEL),
        }
    }

    fn system_calls(&self) -> Layer {
        let sockets = match (&self.users, &self.level) {
            (Ok(()), _) => "",
            (Err(_), Ok(LOCAL_SOCKETS..)) | (Err(_), _) => {
                ", and Unix sockets, since it has the daemon's user"
            }
        };
        match &self.syscalls {
            Ok(()) => {
                let detail = format!(
                    "no debugging, mounts, namespaces, kernel interfaces{sockets} (seccomp)"
                );
                enforced("system calls", &detail)
            }
            Err(why) => layer(
                "system calls",
                State::Missing,
                why,
                "use a kernel with seccomp filters",
            ),
        }
    }

    fn memory(&self, terms: Option<&Terms>) -> Layer {
        let memory = match terms {
            Some(terms) => terms.memory_said(),
            None => "512 MiB, or as declared,".to_owned(),
        };
        match self.by_groups(|controls| controls.memory) {
            Ok(by) => enforced(
                "memory",
                &format!("{memory} for each process and what it starts ({by})"),
            ),
            Err(why) => {
                let detail =
                    format!("four times {memory} of address space for each process alone: {why}");
                layer("memory", State::Weaker, &detail, GROUPS)
            }
        }
    }

    fn processor(&self, terms: Option<&Terms>) -> Layer {
        match self.by_groups(|controls| controls.processor) {
            Ok(by) => {
                let share = match terms.map(|terms| terms.milli_cpus) {
                    Some(0) => "as much as there is, shared fairly".to_owned(),
                    Some(milli) => format!("{} processors", f64::from(milli) / 1_000.0),
                    None => "shared fairly, or as declared".to_owned(),
                };
                enforced("processor", &format!("{share} ({by})"))
            }
            Err(why) => layer("processor", State::Missing, &why, GROUPS),
        }
    }

    fn processes(&self, terms: Option<&Terms>) -> Layer {
        let count = match terms {
            Some(terms) => format!("{} with threads", terms.processes),
            None => "512 with threads, or as declared,".to_owned(),
        };
        match self.by_groups(|controls| controls.processes) {
            Ok(by) => enforced(
                "processes",
                &format!("{count} for each process and what it starts ({by})"),
            ),
            Err(why) => {
                let of = match self.users {
                    Ok(()) => "of its user",
                    Err(_) => "beside those that run already",
                };
                let detail = format!("{count} {of} (RLIMIT_NPROC): {why}");
                layer("processes", State::Weaker, &detail, GROUPS)
            }
        }
    }

    fn end(&self) -> Layer {
        match (&self.groups, &self.users) {
            (Ok(groups), _) => {
                let versions = groups.versions();
                enforced(
                    "end",
                    &format!("all that it started ends with it (control groups {versions})"),
                )
            }
            (Err(why), Ok(())) => {
                let detail = format!(
                    "what left its process group ends with the app, found by its user: {why}"
                );
                layer("end", State::Weaker, &detail, GROUPS)
            }
            (Err(why), Err(_)) => {
                let detail = format!(
                    "what left its process group and cleaned its environment goes on: {why}"
                );
                layer("end", State::Weaker, &detail, GROUPS)
            }
        }
    }

    /// By which control groups something is limited, or why by none.
    fn by_groups(&self, has: impl Fn(super::cgroups::Controls) -> bool) -> Result<String, String> {
        match &self.groups {
            Ok(groups) if has(groups.controls()) => {
                Ok(format!("control groups {}", groups.versions()))
            }
            Ok(_) => Err("the daemon's control group was not given this".to_owned()),
            Err(why) => Err(why.clone()),
        }
    }
}

fn limits(terms: Option<&Terms>) -> Layer {
    let detail = match terms {
        Some(terms) => format!(
            "{} open files, files of {}, no core dumps",
            terms.open_files,
            said(terms.file_size)
        ),
        None => "16384 open files, files of 1 GiB, or as declared; no core dumps".to_owned(),
    };
    enforced("limits", &format!("{detail} (setrlimit)"))
}

fn listed(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    ports.join(", ")
}

fn enforced(name: &str, detail: &str) -> Layer {
    layer(name, State::Enforced, detail, "")
}

fn layer(name: &str, state: State, detail: &str, advice: &str) -> Layer {
    Layer {
        name: name.to_owned(),
        state: state.into(),
        detail: detail.to_owned(),
        advice: advice.to_owned(),
    }
}
