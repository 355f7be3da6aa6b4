//! The server's process, and what it holds.

use crate::Outcome;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

/// A server that was started; it ends with its standard input, and at the latest when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) doors: Arc<Doors>,
}

/// Where it is called.
#[derive(Debug)]
pub(crate) struct Doors {
    pub(crate) plain: SocketAddr,
    pub(crate) secured: SocketAddr,
    /// The certificate there, in PEM, which nobody issued but itself.
    pub(crate) certificate: String,
}

/// What a process has of the system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Memory that is there, in bytes.
    pub(crate) memory: f64,
    /// Files that are open, sockets among them.
    pub(crate) files: f64,
}

impl Server {
    pub(crate) fn start(program: &Path) -> Outcome<Server> {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        let certificate = certified.cert.pem();
        let mut child = Command::new(program)
            .env("RPC_SOAK_CERTIFICATE", &certificate)
            .env("RPC_SOAK_KEY", certified.signing_key.serialize_pem())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let said = child.stdout.take().ok_or("the server says nothing")?;
        let mut said = BufReader::new(said);
        let doors = Doors {
            plain: address(&mut said, "at ")?,
            secured: address(&mut said, "secured at ")?,
            certificate,
        };
        Ok(Server {
            child,
            doors: Arc::new(doors),
        })
    }

    /// As Linux tells it (proc(5)); other systems have no such folder, which is the error then.
    pub(crate) fn held(&self) -> Outcome<Held> {
        let folder = format!("/proc/{}", self.child.id());
        let status = format!("{folder}/status");
        let text = std::fs::read_to_string(&status).map_err(|error| {
            format!("{status}: {error}; the server has ended, or this is not Linux")
        })?;
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
            .ok_or_else(|| format!("{status} has no VmRSS"))?;
        Ok(Held {
            memory: kib.trim().parse::<f64>()? * 1024.0,
            files: std::fs::read_dir(format!("{folder}/fd"))?.count() as f64,
        })
    }
}

/// The address that is said next, with this before it.
fn address(said: &mut BufReader<ChildStdout>, before: &str) -> Outcome<SocketAddr> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    let address = line.trim_end().strip_prefix(before);
    Ok(address.ok_or("the server has no address")?.parse()?)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
