//! The server with every kind of procedure, with and without TLS.

use super::server::{self, Server};
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder with its emitted `.proto` files and descriptors.
pub(crate) const EMITTED: &str = "tests/end-to-end/client";

/// Where it is, once it runs. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Shapes {
    server: Server,
    certificate: PathBuf,
}

/// Builds it and gives back its program.
pub(crate) fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    server::build_target(workspace, "end-to-end", ["--example", "server"])
}

impl Shapes {
    /// Starts it with a certificate of its own.
    pub(crate) fn start(workspace: &Workspace, program: &Path) -> Outcome<Self> {
        let folder = workspace.target("interop");
        fs::create_dir_all(&folder).map_err(|error| Failure::during(folder.display(), error))?;
        let certificate = folder.join("certificate.pem");
        let server = Server::listening(Program::new(program).arg(&certificate), 2)?;
        match server.urls() {
            [plain, secured] if plain.starts_with("http:") && secured.starts_with("https:") => {
                Ok(Shapes {
                    server,
                    certificate,
                })
            }
            _ => Err(Failure::new(
                "the example has other servers than one without TLS and one with",
            )),
        }
    }

    /// `http://127.0.0.1:41213`
    pub(crate) fn plain(&self) -> &str {
        &self.server.urls()[0]
    }

    /// `https://127.0.0.1:41214`
    pub(crate) fn secured(&self) -> &str {
        &self.server.urls()[1]
    }

    /// The one to trust, in PEM.
    pub(crate) fn certificate(&self) -> &Path {
        &self.certificate
    }
}
