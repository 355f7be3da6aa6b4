//! The crates that are built: a server and a client for each side, in one workspace.

mod iris;
mod tonic;

pub(crate) use iris::config;

use crate::failure::{Outcome, remove, write};
use crate::load::Load;
use std::fs;
use std::path::{Path, PathBuf};

/// What the services are written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Iris,
    Tonic,
}

impl Side {
    pub(crate) const BOTH: [Side; 2] = [Side::Iris, Side::Tonic];

    /// The server's package and folder.
    pub(crate) fn server(self) -> &'static str {
        match self {
            Side::Iris => "iris-server",
            Side::Tonic => "tonic-server",
        }
    }

    /// The client's package.
    pub(crate) fn client(self) -> &'static str {
        match self {
            Side::Iris => "iris-server-client",
            Side::Tonic => "tonic-client",
        }
    }
}

/// A workspace of generated crates.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    pub(crate) load: Load,
}

impl Project {
    /// Writes all crates into an empty folder.
    pub(crate) fn write(folder: PathBuf, load: Load, repository: &Path) -> Outcome<Self> {
        remove(&folder)?;
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"iris-server\", \"iris-server/client\", \"tonic-server\", \"tonic-client\"]\n";
        write(&folder.join("Cargo.toml"), members)?;
        // The same versions at every measurement.
        let lock = repository.join("benches/Cargo.lock");
        fs::copy(&lock, folder.join("Cargo.lock"))
            .map_err(|error| format!("{}: {error}", lock.display()))?;
        iris::write_server(&folder.join(Side::Iris.server()), &load, repository)?;
        // tonic gets the services as Iris printed them, so that both sides serve the same.
        let contract = folder.join(Side::Iris.server()).join("client/proto");
        tonic::write_server(&folder.join(Side::Tonic.server()), &load, &contract)?;
        tonic::write_client(&folder.join(Side::Tonic.client()), &contract)?;
        Ok(Project { folder, load })
    }

    /// The file of a server with the functions of its first remote.
    pub(crate) fn first_remote(&self, side: Side) -> PathBuf {
        let remotes = self.folder.join(side.server()).join("src/remotes");
        remotes.join(format!("{}.rs", self.load.remotes[0].module()))
    }
}

/// `main.rs` of a server: a line for each remote.
fn chained(load: &Load, line: impl Fn(&str) -> String) -> String {
    load.remotes
        .iter()
        .map(|remote| line(&remote.name))
        .collect()
}

/// `mod.rs` of the remotes' folder.
fn modules(load: &Load) -> String {
    let lines = load.remotes.iter().map(|remote| {
        let (module, name) = (remote.module(), &remote.name);
        format!("mod {module};\npub use {module}::{name};\n")
    });
    lines.collect()
}
