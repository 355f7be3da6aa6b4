//! The server's process, and what it holds.

use crate::Outcome;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that was started; it ends with its standard input, and at the latest when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
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
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let said = child.stdout.take().ok_or("the server says nothing")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("at ");
        let address = address.ok_or("the server has no address")?.parse()?;
        Ok(Server { child, address })
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

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
