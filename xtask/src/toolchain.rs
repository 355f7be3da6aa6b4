//! What chores need beside cargo: installed by rustup where there is one, asked for where not.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::path::Path;

/// The target that browsers run.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that `cargo <subcommand>` of a rustup component is there.
pub(crate) fn component(workspace: &Workspace, component: &str, subcommand: &str) -> Outcome {
    if workspace.cargo([subcommand, "--version"]).succeeds() {
        return Ok(());
    }
    let program = "`cargo ".to_owned() + subcommand + "`";
    rustup(workspace, ["component", "add", component], &program)
}

/// Makes sure that the standard library for a target is there.
pub(crate) fn target(workspace: &Workspace, target: &str) -> Outcome {
    let rustc = workspace.program("rustc");
    let folder = rustc.args(["--print", "target-libdir", "--target", target]);
    if Path::new(folder.stdout()?.trim()).is_dir() {
        return Ok(());
    }
    let library = format!("the standard library for {target}");
    rustup(workspace, ["target", "add", target], &library)
}

/// Makes sure that another version of Rust is there.
pub(crate) fn version(workspace: &Workspace, version: &str) -> Outcome {
    let there = workspace.program("rustup");
    if there
        .args(["run", version, "cargo", "--version"])
        .succeeds()
    {
        return Ok(());
    }
    let install = ["toolchain", "install", version, "--profile", "minimal"];
    rustup(workspace, install, &format!("Rust {version}"))
}

fn rustup<const N: usize>(workspace: &Workspace, arguments: [&str; N], what: &str) -> Outcome {
    if !Program::new("rustup").arg("--version").succeeds() {
        return Err(Failure::new(format!(
            "{what} is missing and there is no rustup to install it; install rustup \
             (https://rustup.rs), or {what} by the means your Rust came by"
        )));
    }
    workspace.program("rustup").args(arguments).run()
}
