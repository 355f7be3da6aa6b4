//! Where the files of a package are: its own, and those of the packages beside it that it needs.

use super::BoxError;
use crate::cli::build;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Folders with files that an executable is made of.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sources {
    /// With all that is in them.
    pub(super) deep: BTreeSet<PathBuf>,
    /// With the files in them alone.
    pub(super) flat: BTreeSet<PathBuf>,
    /// What is made, and not what it is made of.
    pub(super) made: BTreeSet<PathBuf>,
}

impl Sources {
    /// As Cargo knows them, which says what is wrong where it does not.
    pub(super) async fn of(folder: &Path) -> Result<Sources, BoxError> {
        let manifest = fs::canonicalize(folder.join("Cargo.toml"))?;
        let asked = build::cargo()
            .args(["metadata", "--format-version=1", "--manifest-path"])
            .arg(&manifest)
            .current_dir(manifest.parent().unwrap_or(folder))
            .stderr(Stdio::inherit())
            .output()
            .await
            .map_err(build::cannot_be_run)?;
        if !asked.status.success() {
            return Err(format!("cargo metadata: {}", asked.status).into());
        }
        Ok(sources(&serde_json::from_slice(&asked.stdout)?, &manifest))
    }

    /// Those of a package of which nothing is known.
    pub(super) fn alone(folder: &Path) -> Sources {
        Sources {
            deep: fs::canonicalize(folder).into_iter().collect(),
            ..Sources::default()
        }
    }
}

/// What Cargo tells (The Cargo Book, "cargo metadata").
fn sources(told: &Value, manifest: &Path) -> Sources {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let path = |value: &Value| value.as_str().map(PathBuf::from);
    let packages = list(&told["packages"]);
    let nodes = list(&told["resolve"]["nodes"]);
    // Those that are on this machine, and not from a registry.
    let local = |id: &Value| {
        let found = packages.iter().find(|package| package["id"] == *id)?;
        found["source"]
            .is_null()
            .then(|| path(&found["manifest_path"]))?
    };
    let own = packages
        .iter()
        .find(|package| path(&package["manifest_path"]).as_deref() == Some(manifest));
    let mut left: Vec<Value> = match own {
        Some(own) => vec![own["id"].clone()],
        // A workspace without a package of its own.
        None => list(&told["workspace_members"]),
    };
    let mut sources = Sources::default();
    sources.made.extend(path(&told["target_directory"]));
    // It has the lock, the profiles and the versions.
    sources.flat.extend(path(&told["workspace_root"]));
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        let Some(manifest) = local(&id).filter(|manifest| seen.insert(manifest.clone())) else {
            continue;
        };
        sources.deep.extend(manifest.parent().map(Path::to_owned));
        let node = nodes.iter().find(|node| node["id"] == id);
        left.extend(
            node.into_iter()
                .flat_map(|node| list(&node["dependencies"])),
        );
    }
    sources
}

/// The folders of all files that an executable is made of, as the compiler and build scripts say: Cargo writes them beside it
/// (The Cargo Book, "Dep-info files"). Also those that are in no package, such as what `include_str!` takes from elsewhere.
pub(super) fn beside(program: &Path) -> BTreeSet<PathBuf> {
    let text = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let files = text.lines().filter_map(|line| line.split_once(": "));
    let files = files.flat_map(|(_, files)| words(files));
    let folders = files.filter_map(|file| {
        let file = PathBuf::from(file);
        // Some are folders themselves.
        match file.is_dir() {
            true => Some(file),
            false => file.parent().map(Path::to_owned),
        }
    });
    folders.collect()
}

/// Words, in which a space follows a backslash.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (char, words.last_mut()) {
            ('\\', Some(word)) => word.extend(chars.next()),
            (' ', _) => words.push(String::new()),
            (char, Some(word)) => word.push(char),
            (_, None) => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn packages_on_this_machine_that_are_needed_are_looked_at() {
        let package = |name: &str, source: Value| json!({ "id": name, "source": source, "manifest_path": format!("/w/{name}/Cargo.toml") });
        let told = json!({
            "packages": [
                package("app", Value::Null),
                package("beside", Value::Null),
                package("other", Value::Null),
                package("serde", json!("registry")),
            ],
            "resolve": { "nodes": [
                { "id": "app", "dependencies": ["serde", "beside"] },
                { "id": "beside", "dependencies": ["serde", "app"] },
                { "id": "other", "dependencies": ["app"] },
            ]},
            "workspace_members": ["app", "other"],
            "workspace_root": "/w",
            "target_directory": "/w/target",
        });
        let found = sources(&told, Path::new("/w/app/Cargo.toml"));
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
        assert_eq!(found.deep, paths(&["/w/app", "/w/beside"]));
        assert_eq!(found.flat, paths(&["/w"]));
        assert_eq!(found.made, paths(&["/w/target"]));
        let all = sources(&told, Path::new("/w/Cargo.toml"));
        assert_eq!(all.deep, paths(&["/w/app", "/w/beside", "/w/other"]));
    }

    #[test]
    fn files_from_elsewhere_are_known_by_what_the_compiler_says() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("app");
        fs::write(
            program.with_extension("d"),
            "/t/app: /w/src/main.rs /else\\ where/page.html\n",
        )
        .unwrap();
        let folders: Vec<_> = beside(&program).into_iter().collect();
        assert_eq!(folders, [Path::new("/else where"), Path::new("/w/src")]);
        assert_eq!(beside(&folder.path().join("nothing")), BTreeSet::new());
    }
}
