//! `cargo xtask clippy`

use crate::failure::Outcome;
use crate::toolchain;
use crate::workspace::{APART_AND_WHOLE, Workspace};

/// Lints everything with the features a build of the workspace has, then what has features of its
/// own to leave out, where code may turn out to be unused, then the workspaces of their own.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    toolchain::component(workspace, "clippy", "clippy")?;
    lint(workspace, ["--workspace", "--all-targets", "--keep-going"])?;
    let core = ["--package", "iris-core", "--no-default-features"];
    lint(workspace, core)?;
    let native = "iris-client/native";
    let client = [
        "--package",
        "iris-client",
        "--no-default-features",
        "--features",
        native,
    ];
    lint(workspace, client)?;
    toolchain::target(workspace, toolchain::WASM)?;
    // What browsers run, where cookies, TLS and the like are the browser's own.
    for package in ["iris-client", "web-wasm"] {
        let lean = ["--package", package, "--lib", "--no-default-features"];
        let clippy = workspace.cargo(["clippy", "--target", toolchain::WASM]);
        clippy.args(lean).args(["--", "-D", "warnings"]).run()?;
    }
    let decoder = ["--package", "iris-decoder", "--lib"];
    let clippy = workspace.cargo(["clippy", "--target", toolchain::WASM]);
    let clippy = clippy.args(decoder).args(["--features", "exports"]);
    clippy.args(["--", "-D", "warnings"]).run()?;
    for manifest in APART_AND_WHOLE {
        lint(workspace, ["--workspace", "--manifest-path", manifest])?;
    }
    Ok(())
}

fn lint<const N: usize>(workspace: &Workspace, what: [&str; N]) -> Outcome {
    let clippy = workspace.cargo(["clippy"]).args(what);
    clippy.args(["--", "-D", "warnings"]).run()
}
