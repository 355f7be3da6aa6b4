//! `cargo xtask clippy`

use crate::failure::Outcome;
use crate::toolchain;
use crate::workspace::Workspace;

/// Lints everything with the features a build of the workspace has, then what has features of its
/// own to leave out, where code may turn out to be unused.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    toolchain::component(workspace, "clippy", "clippy")?;
    let everything = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    workspace.cargo(everything).run()?;
    for package in ["iris-core", "iris-client"] {
        let small = ["clippy", "--package", package, "--no-default-features"];
        workspace
            .cargo(small)
            .args(["--", "-D", "warnings"])
            .run()?;
    }
    Ok(())
}
