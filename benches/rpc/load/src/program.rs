//! The peers' programs.

use crate::Outcome;
use crate::payload;
use crate::row::{Peer, Row};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A program that was started, and ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    told: ChildStdin,
    said: BufReader<ChildStdout>,
}

/// A peer's server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(folder: &Path, peer: Peer) -> Outcome<Server> {
        let name = format!("rpc-{}-server", peer.package());
        let arguments: Vec<String> = peer.argument().map(str::to_owned).into_iter().collect();
        let mut program = Program::start(folder, &name, &arguments)?;
        let line = program.hear()?;
        let address = line.strip_prefix("at ").ok_or("it has no address")?;
        Ok(Server {
            address: address.parse()?,
            program,
        })
    }
}

/// A peer's own client, connected.
#[derive(Debug)]
pub(crate) struct Client(pub(crate) Program);

impl Client {
    pub(crate) fn start(folder: &Path, peer: Peer, row: &Row, server: &Server) -> Outcome<Client> {
        let request = payload::request(row.work)?;
        let arguments = [
            server.address.to_string(),
            row.wire.to_string(),
            row.work.to_string(),
            request.len().to_string(),
        ];
        let name = format!("rpc-{}-client", peer.package());
        let mut program = Program::start(folder, &name, &arguments)?;
        program.told.write_all(&request)?;
        program.hear()?;
        Ok(Client(program))
    }
}

impl Program {
    pub(crate) fn start(folder: &Path, name: &str, arguments: &[String]) -> Outcome<Program> {
        let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        let mut child = Command::new(&path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let told = child.stdin.take().ok_or("it reads nothing")?;
        let said = child.stdout.take().ok_or("it says nothing")?;
        Ok(Program {
            child,
            told,
            said: BufReader::new(said),
        })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn tell(&mut self, line: &str) -> Outcome {
        Ok(writeln!(self.told, "{line}")?)
    }

    pub(crate) fn hear(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.said.read_line(&mut line)? {
            0 => Err("a peer's program ended; what it printed says why".into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Processor time it has taken until now, user and system, of all its threads.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?);
        Ok(clock_getcpuclockid(pid)?.now()?.into())
    }

    /// Counts allocations from now on.
    pub(crate) fn count(&mut self) -> Outcome {
        self.tell("count")?;
        self.hear().map(drop)
    }

    /// Allocations since then, and bytes they asked for.
    pub(crate) fn counted(&mut self) -> Outcome<(u64, u64)> {
        self.tell("counted")?;
        self.allocations()
    }

    /// Allocations and bytes, as it says them.
    pub(crate) fn allocations(&mut self) -> Outcome<(u64, u64)> {
        let line = self.hear()?;
        let (allocations, bytes) = line.split_once(' ').ok_or("it has counted nothing")?;
        Ok((allocations.parse()?, bytes.parse()?))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended by itself, or nothing can be done about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
