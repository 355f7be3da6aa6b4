//! Who listens at a port that an app was told: the app, or a stranger who was faster.

use crate::daemon::sockets;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::net::SocketAddr;

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Listener {
    Nobody,
    /// The app, or a process that it has started.
    App,
    Stranger,
    /// The kernel does not tell this user.
    Unknown,
}

/// Whose a port is to be.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// The first process of the app, whose group has its number.
    pub(super) first: i32,
    /// The user of its processes, where that is their own.
    pub(super) user: Option<u32>,
    /// What its processes have in their environment, as far as they keep it.
    pub(super) mark: Vec<u8>,
}

impl Owner {
    /// Who listens at this address. Where the socket's user does not tell, it looks at all processes: nothing to do often.
    pub(crate) async fn at(&self, address: SocketAddr) -> Listener {
        let owner = self.clone();
        let looked = tokio::task::spawn_blocking(move || owner.look(address));
        looked.await.unwrap_or(Listener::Unknown)
    }

    fn look(&self, address: SocketAddr) -> Listener {
        let listening = sockets::listening(address);
        if listening.is_empty() {
            return Listener::Nobody;
        }
        if let Some(user) = self.user {
            return match listening.iter().all(|socket| socket.user == user) {
                true => Listener::App,
                false => Listener::Stranger,
            };
        }
        let wanted: HashSet<u64> = listening.iter().map(|socket| socket.inode).collect();
        match has(self.first, &wanted) {
            Ok(true) => return Listener::App,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Listener::Unknown;
            }
            _ => {}
        }
        let holders: Vec<i32> = processes()
            .filter(|process| matches!(has(*process, &wanted), Ok(true)))
            .collect();
        if holders.iter().any(|holder| self.is_its_own(*holder)) {
            return Listener::App;
        }
        match holders.is_empty() {
            // Whoever it is belongs to another user.
            true if !sees_all() => Listener::Unknown,
            true => Listener::Nobody,
            false => Listener::Stranger,
        }
    }

    /// Whether a process is of the app's tree: started by one that is, in its group, or marked as one.
    fn is_its_own(&self, process: i32) -> bool {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        if variables.any(|variable| variable == self.mark) {
            return true;
        }
        let mut next = Some(process);
        // No tree is deeper, unless it changes meanwhile.
        for _ in 0..1_000 {
            let Some(Family { parent, group }) = next.and_then(family) else {
                return false;
            };
            if next == Some(self.first) || group == self.first {
                return true;
            }
            next = Some(parent);
        }
        false
    }
}

/// Whether a process has one of these sockets open.
fn has(process: i32, inodes: &HashSet<u64>) -> io::Result<bool> {
    for entry in fs::read_dir(format!("/proc/{process}/fd"))? {
        let Ok(target) = fs::read_link(entry?.path()) else {
            continue;
        };
        let target = target.to_string_lossy();
        let inode = target
            .strip_prefix("socket:[")
            .and_then(|inode| inode.strip_suffix(']')?.parse().ok());
        if inode.is_some_and(|inode| inodes.contains(&inode)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn processes() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// Whether nothing is hidden from this user.
fn sees_all() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where a process stands among others.
struct Family {
    parent: i32,
    group: i32,
}

/// The columns behind the name in `/proc/PID/stat`: state, parent, group (proc(5)).
fn family(process: i32) -> Option<Family> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut columns = rest.split(' ').skip(1);
    Some(Family {
        parent: columns.next()?.parse().ok()?,
        group: columns.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

    fn owner(first: i32) -> Owner {
        Owner {
            first,
            user: None,
            mark: b"IRIS_UP_TEST=nobody".to_vec(),
        }
    }

    /// A process that is ended with this.
    struct Ended(Child);

    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn who_has_the_socket_listens() {
        let own = std::process::id().cast_signed();
        let other = Command::new("sleep").arg("1000").spawn().unwrap();
        let other = Ended(other);
        let stranger = other.0.id().cast_signed();
        for host in ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"] {
            let listener = TcpListener::bind(host).unwrap();
            let port = listener.local_addr().unwrap().port();
            let address = SocketAddr::from(([127, 0, 0, 1], port));
            assert_eq!(owner(own).look(address), Listener::App, "{host}");
            assert_eq!(owner(stranger).look(address), Listener::Stranger, "{host}");
            let user = rustix::process::geteuid().as_raw();
            for (user, expected) in [(user, Listener::App), (user + 1, Listener::Stranger)] {
                let owner = Owner {
                    user: Some(user),
                    ..owner(own)
                };
                assert_eq!(owner.look(address), expected, "{host}");
            }
            drop(listener);
            assert_eq!(owner(own).look(address), Listener::Nobody, "{host}");
        }
    }

    #[test]
    fn what_a_process_has_started_is_its_own() {
        let own = std::process::id().cast_signed();
        let child = Command::new("sleep").arg("1000").spawn().unwrap();
        let child = Ended(child);
        let id = child.0.id().cast_signed();
        assert!(owner(own).is_its_own(id));
        assert!(!owner(id).is_its_own(own));
        let marked = Owner {
            mark: b"IRIS_UP_TEST=marked".to_vec(),
            ..owner(id)
        };
        let mut other = Command::new("cat")
            .env("IRIS_UP_TEST", "marked")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map(Ended)
            .unwrap();
        // It has its own environment once its program runs.
        let (input, output) = (other.0.stdin.as_mut(), other.0.stdout.as_mut());
        input.unwrap().write_all(b"?").unwrap();
        output.unwrap().read_exact(&mut [0]).unwrap();
        assert!(marked.is_its_own(other.0.id().cast_signed()));
    }
}
