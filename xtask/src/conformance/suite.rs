//! The suite: a Go module, with the `.proto` files of its service and the program that runs it.

use crate::failure::{Failure, Outcome};
use crate::go::{self, go};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The module and its version, and what Go's checksum of its content is.
const MODULE: &str = "connectrpc.com/conformance";
const VERSION: &str = "v1.0.7";
const SUM: &str = "h1:9Sqx8vEeRJyKoIAiYdEuABrlPKRoNxVHSbJ0CVil7xg=";

/// The suite, on this machine.
#[derive(Debug)]
pub(super) struct Suite {
    protos: PathBuf,
    runner: PathBuf,
}

impl Suite {
    /// Gets the suite through the Go toolchain, which keeps it for the next time.
    pub(super) fn get(workspace: &Workspace) -> Outcome<Self> {
        go::needed_for(workspace, "the suite and the peers it tests with")?;
        let module = format!("{MODULE}@{VERSION}");
        let download = go(workspace).args(["mod", "download", "-json", &module]);
        let module_folder = checked(&download.stdout()?)?;

        println!("building {module}");
        let programs = workspace.target("conformance/suite");
        let install = go(workspace).env("GOBIN", &programs);
        install
            .arg("install")
            .arg(format!("{MODULE}/cmd/connectconformance@{VERSION}"))
            .run()?;
        let runner = format!("connectconformance{}", std::env::consts::EXE_SUFFIX);
        Ok(Suite {
            protos: module_folder.join("proto"),
            runner: programs.join(runner),
        })
    }

    /// The folder of the `.proto` files.
    pub(super) fn protos(&self) -> &Path {
        &self.protos
    }

    /// The program that runs the suite.
    pub(super) fn runner(&self) -> Program {
        Program::new(&self.runner)
    }
}

/// The folder of the downloaded module, whose content must be the one that was looked at.
fn checked(described: &str) -> Outcome<PathBuf> {
    let described: Value = serde_json::from_str(described)
        .map_err(|error| Failure::during("`go mod download -json`", error))?;
    let sum = described["Sum"].as_str().unwrap_or_default();
    if sum != SUM {
        return Err(Failure::new(format!(
            "{MODULE} {VERSION} has the checksum {sum}, and should have {SUM}: look at where it came from \
             (`go env GOPROXY`), or correct xtask/src/conformance/suite.rs with a new version"
        )));
    }
    let folder = described["Dir"].as_str();
    let folder = folder.ok_or_else(|| Failure::new("`go mod download -json` names no folder"))?;
    Ok(folder.into())
}
