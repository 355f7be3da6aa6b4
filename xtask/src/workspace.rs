//! The repository and the packages in it.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The manifests of workspaces of their own, which no command for the workspace reaches.
pub(crate) const APART: [&str; 4] = [
    BENCHES,
    FUZZ,
    "conformance/Cargo.toml",
    "tests/protobuf-conformance/Cargo.toml",
];

/// Those of them that build from this repository alone. The others compile `.proto` files that their chores get, and
/// these lint them.
pub(crate) const APART_AND_WHOLE: [&str; 2] = [BENCHES, FUZZ];

const BENCHES: &str = "benches/Cargo.toml";
const FUZZ: &str = "fuzz/Cargo.toml";

/// The manifest of the workspace itself.
pub(crate) const ROOT: &str = "Cargo.toml";

/// The repository a chore is done for.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The repository this program was built from.
    pub(crate) fn here() -> Outcome<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = folder
            .parent()
            .ok_or_else(|| Failure::new("xtask lies in no repository"))?;
        let metadata = cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata = json(metadata)?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or_else(|| Failure::new("`cargo metadata` names no target folder"))?;
        Ok(Workspace {
            root: root.to_owned(),
            target: target.into(),
        })
    }

    /// A copy of it elsewhere, with a target folder of its own: cargo tells packages of a workspace apart
    /// by their place in it, so that two copies would take each other's artefacts for their own.
    pub(crate) fn copied_to(&self, root: PathBuf) -> Self {
        let target = root.with_extension("target");
        Workspace { root, target }
    }

    /// A path in the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path below the target folder.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// Another program, run in the repository.
    pub(crate) fn program(&self, program: &str) -> Program {
        Program::new(program).folder(&self.root)
    }

    /// Cargo, run in the repository.
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Program {
        cargo(&self.root)
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.target)
    }

    /// The packages of the workspace with this manifest, as `cargo metadata` describes them.
    pub(crate) fn members(&self, manifest: &str) -> Outcome<Vec<Value>> {
        let metadata = self.cargo(["metadata", "--no-deps", "--format-version", "1"]);
        packages(metadata.args(["--manifest-path", manifest]))
    }

    /// The version of a package that `Cargo.lock` has.
    pub(crate) fn locked(&self, name: &str) -> Outcome<String> {
        let packages = self.all_packages()?;
        let found = packages.iter().find(|package| package["name"] == name);
        let version = found.and_then(|package| package["version"].as_str());
        let version = version.map(str::to_owned);
        version.ok_or_else(|| Failure::new(format!("Cargo.lock has no `{name}`")))
    }

    /// The packages of the workspace and all they depend on, with every feature and for every target.
    pub(crate) fn all_packages(&self) -> Outcome<Vec<Value>> {
        packages(self.cargo(["metadata", "--all-features", "--format-version", "1"]))
    }
}

fn cargo(folder: &Path) -> Program {
    // Set where cargo started this program: the same cargo then does the rest.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    Program::new(cargo).folder(folder)
}

fn packages(metadata: Program) -> Outcome<Vec<Value>> {
    match json(metadata)?["packages"].take() {
        Value::Array(packages) => Ok(packages),
        _ => Err(Failure::new("`cargo metadata` names no packages")),
    }
}

fn json(metadata: Program) -> Outcome<Value> {
    let printed = metadata.stdout()?;
    serde_json::from_str(&printed).map_err(|error| Failure::during("`cargo metadata`", error))
}
