//! `cargo xtask clippy`

use crate::failure::Outcome;
use crate::toolchain;
use crate::workspace::{APART_AND_WHOLE, Workspace};

/// Lints everything with the features a build of the workspace has, then what has features of its
/// own to leave out, where code may turn out to be unused, then the workspaces of their own.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    toolchain::component(workspace, "clippy", "clippy")?;
    lint(workspace, ["--workspace", "--all-targets", "--keep-going"])?;
    for package in ["iris-core", "iris-client"] {
        lint(workspace, ["--package", package, "--no-default-features"])?;
    }
    for manifest in APART_AND_WHOLE {
        lint(workspace, ["--workspace", "--manifest-path", manifest])?;
    }
    Ok(())
}

fn lint(workspace: &Workspace, what: [&str; 3]) -> Outcome {
    let clippy = workspace.cargo(["clippy"]).args(what);
    clippy.args(["--", "-D", "warnings"]).run()
}
