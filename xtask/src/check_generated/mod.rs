//! `cargo xtask check-generated`

pub(crate) mod proof;

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::Value;

/// The package whose `generate` build scripts call.
const GENERATOR: &str = "iris-build";

/// Runs the generator of every package that has one, in the mode that writes nothing and fails
/// where a file would change.
///
/// A build writes what is stale. After one, `git status` tells; in CI this comes first.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let packages = generating(workspace)?;
    println!("packages: {}", packages.join(", "));
    check(workspace, &packages).run()
}

/// The check of these packages.
fn check(workspace: &Workspace, packages: &[String]) -> Program {
    let named = packages.iter().flat_map(|name| ["--package", name]);
    workspace
        .cargo(["check", "--keep-going"])
        .args(named)
        .env("IRIS_GENERATE", "check")
        .without_env("IRIS_LOCK")
}

/// The packages whose build script runs the generator.
fn generating(workspace: &Workspace) -> Outcome<Vec<String>> {
    let packages = workspace.members()?;
    let found = packages.iter().filter(|package| generates(package));
    let names: Vec<String> = found
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .collect();
    match names.is_empty() {
        true => Err(Failure::new(format!(
            "no package of the workspace has {GENERATOR} as a build-dependency; is the crate renamed?"
        ))),
        false => Ok(names),
    }
}

fn generates(package: &Value) -> bool {
    let dependencies = package["dependencies"].as_array();
    dependencies.is_some_and(|dependencies| {
        dependencies
            .iter()
            .any(|dependency| dependency["name"] == GENERATOR && dependency["kind"] == "build")
    })
}
