//! `cargo xtask check-generated`

pub(crate) mod proof;

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::Value;

/// The package whose `generate` build scripts call.
const GENERATOR: &str = "iris-build";

/// A package whose build script runs the generator.
#[derive(Debug)]
struct Generating {
    name: String,
}

/// Runs the generator of every package that has one, in the mode that writes nothing and fails
/// where a file would change.
///
/// A build writes what is stale. After one, `git status` tells; in CI this comes first.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let packages = generating(workspace)?;
    let names: Vec<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    println!("packages: {}", names.join(", "));
    check(workspace, &packages).run()
}

/// The check of these packages, ready to be run.
fn check(workspace: &Workspace, packages: &[Generating]) -> Program {
    let named = packages
        .iter()
        .flat_map(|package| ["--package", &package.name]);
    workspace
        .cargo(["check", "--keep-going"])
        .args(named)
        .env("IRIS_GENERATE", "check")
        .without_env("IRIS_LOCK")
}

/// The packages whose build script runs the generator.
fn generating(workspace: &Workspace) -> Outcome<Vec<Generating>> {
    let packages = workspace.members()?;
    let found: Vec<Generating> = packages.iter().filter_map(Generating::of).collect();
    match found.is_empty() {
        true => Err(Failure::new(format!(
            "no package of the workspace has {GENERATOR} as a build-dependency; is the crate renamed?"
        ))),
        false => Ok(found),
    }
}

impl Generating {
    /// A package of `cargo metadata`, where it is such a one.
    fn of(package: &Value) -> Option<Self> {
        let dependencies = package["dependencies"].as_array()?;
        dependencies
            .iter()
            .find(|dependency| dependency["name"] == GENERATOR && dependency["kind"] == "build")?;
        Some(Generating {
            name: package["name"].as_str()?.to_owned(),
        })
    }
}
