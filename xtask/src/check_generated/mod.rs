//! `cargo xtask check-generated`

pub(crate) mod proof;

use crate::decoder;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::{APART, APART_AND_WHOLE, ROOT, Workspace};
use serde_json::Value;

/// The package whose `generate` build scripts call.
const GENERATOR: &str = "iris-build";

/// The packages of a workspace whose build scripts run the generator.
#[derive(Debug)]
struct Generating {
    /// The workspace's manifest.
    manifest: &'static str,
    packages: Vec<String>,
}

/// Runs the generator of every package that has one, in the mode that writes nothing and fails
/// where a file would change. Before that, looks whether each `Cargo.lock` goes with its workspace, and after it, whether
/// iris-decoder becomes what is committed.
///
/// A build writes what is stale. After one, `git status` tells; in CI this comes first.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let mut failures = Vec::new();
    for manifest in [ROOT].into_iter().chain(APART) {
        let metadata = ["metadata", "--locked", "--format-version", "1"];
        let metadata = workspace
            .cargo(metadata)
            .args(["--manifest-path", manifest]);
        let failure = metadata.stdout().err();
        failures.extend(failure.map(|failure| failure.to_string()));
    }
    for generating in everywhere(workspace)? {
        let Generating { manifest, packages } = &generating;
        println!("packages of {manifest}: {}", packages.join(", "));
        let failure = check(workspace, &generating).run().err();
        failures.extend(failure.map(|failure| failure.to_string()));
    }
    let failure = decoder::check(workspace).err();
    failures.extend(failure.map(|failure| failure.to_string()));
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(failures.join("\n"))),
    }
}

/// The check of a workspace's packages, ready to be run.
fn check(workspace: &Workspace, generating: &Generating) -> Program {
    let packages = generating.packages.iter();
    workspace
        .cargo(["check", "--keep-going", "--manifest-path"])
        .arg(generating.manifest)
        .args(packages.flat_map(|package| ["--package", package]))
        .env("IRIS_GENERATE", "check")
        .without_env("IRIS_LOCK")
}

/// The generating packages of this workspace, and of those apart that build without further files.
fn everywhere(workspace: &Workspace) -> Outcome<Vec<Generating>> {
    let root = generating(workspace, ROOT)?;
    if root.packages.is_empty() {
        return Err(Failure::new(format!(
            "no package of the workspace has {GENERATOR} as a build-dependency; is the crate renamed?"
        )));
    }
    let mut found = vec![root];
    for manifest in APART_AND_WHOLE {
        let apart = generating(workspace, manifest)?;
        found.extend(Some(apart).filter(|apart| !apart.packages.is_empty()));
    }
    Ok(found)
}

/// The packages of a workspace whose build script runs the generator.
fn generating(workspace: &Workspace, manifest: &'static str) -> Outcome<Generating> {
    let members = workspace.members(manifest)?;
    let packages = members.iter().filter(|package| generates(package));
    let names = packages.filter_map(|package| package["name"].as_str());
    Ok(Generating {
        manifest,
        packages: names.map(str::to_owned).collect(),
    })
}

/// Whether a package of `cargo metadata` has the generator for its build script.
fn generates(package: &Value) -> bool {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    dependencies
        .into_iter()
        .any(|dependency| dependency["name"] == GENERATOR && dependency["kind"] == "build")
}
