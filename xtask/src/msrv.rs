//! `cargo xtask msrv`

use crate::failure::{Failure, Outcome};
use crate::toolchain;
use crate::workspace::Workspace;
use std::fs;
use toml::Table;

/// Checks every package with the oldest Rust that the workspace promises to build with.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let version = promised(workspace)?;
    toolchain::version(workspace, &version)?;
    workspace
        .program("rustup")
        .args(["run", &version, "cargo", "check", "--workspace"])
        // These name the toolchain this program was started by.
        .without_env("RUSTUP_TOOLCHAIN")
        .without_env("CARGO")
        .run()
}

/// `rust-version` in the workspace's Cargo.toml.
fn promised(workspace: &Workspace) -> Outcome<String> {
    let path = workspace.path("Cargo.toml");
    let problem = |cause: String| Failure::during(path.display(), cause);
    let text = fs::read_to_string(&path).map_err(|error| problem(error.to_string()))?;
    let manifest: Table = text.parse().map_err(|error| problem(format!("{error}")))?;
    let version = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("rust-version")?.as_str());
    version
        .map(str::to_owned)
        .ok_or_else(|| problem("`workspace.package.rust-version` is not set".to_owned()))
}
