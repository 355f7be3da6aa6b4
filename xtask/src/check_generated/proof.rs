//! `cargo xtask check-generated-fails`: a check that cannot fail proves nothing.

use crate::check_generated::{Generating, check};
use crate::failure::{Failure, Outcome};
use crate::workspace::{ROOT, Workspace};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The package that is spoilt, and its folder.
const PACKAGE: &str = "quickstart";
const FOLDER: &str = "examples/quickstart";

/// How the generator begins its list of stale files.
const REFUSAL: &str = "generated files do not match their sources";

/// A way to make what was generated stale.
struct Spoiling {
    what: &'static str,
    /// Below the package's folder.
    path: &'static str,
    edit: fn(&str) -> Option<String>,
    /// What the check must name.
    found: &'static str,
}

const SPOILINGS: [Spoiling; 4] = [
    Spoiling {
        what: "a generated file is edited",
        path: "client/src/users.rs",
        edit: |text| Some(format!("{text}// A line nobody generated.\n")),
        found: "client/src/users.rs",
    },
    Spoiling {
        what: "a generated file is missing",
        path: "client/openapi.json",
        edit: |_| None,
        found: "client/openapi.json",
    },
    Spoiling {
        what: "a message has a new field",
        path: "proto/users/v1/users.proto",
        edit: |text| {
            Some(text.replace(
                "  bool admin = 4;",
                "  bool admin = 4;\n  string title = 5;",
            ))
        },
        found: "client/proto/users/v1/users.proto",
    },
    Spoiling {
        what: "a procedure has other words to explain it",
        path: "src/remotes/users.rs",
        edit: |text| Some(text.replace("/// Creates a user.", "/// Makes a user.")),
        found: "client/src/users.rs",
    },
];

/// Copies the repository, makes generated files stale in the copy, and expects the check to fail
/// and to name them.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let copy = workspace.copied_to(workspace.target("stale"));
    copy_repository(workspace, &copy)?;
    let spoilt = Generating {
        manifest: ROOT,
        packages: vec![PACKAGE.to_owned()],
    };
    let before = stale(&copy, &spoilt)?;
    for spoiling in &SPOILINGS {
        let path = copy.path(FOLDER).join(spoiling.path);
        let original = read(&path)?;
        match (spoiling.edit)(&original) {
            Some(edited) if edited == original => {
                return Err(Failure::during(path.display(), "the edit changes nothing"));
            }
            Some(edited) => write(&path, &edited)?,
            None => remove(&path)?,
        }
        let after = stale(&copy, &spoilt)?;
        let Spoiling { what, found, .. } = spoiling;
        if !after.contains(*found) || before.contains(*found) {
            return Err(Failure::new(format!(
                "{what}: the check must name {found} now and not before; before it named \
                 {before:?}, now {after:?}"
            )));
        }
        println!("{what}: {found} was found stale");
        write(&path, &original)?;
    }
    Ok(())
}

/// The files that the check names. None where it passes.
fn stale(copy: &Workspace, spoilt: &Generating) -> Outcome<BTreeSet<String>> {
    let output = check(copy, spoilt).output()?;
    let printed = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(BTreeSet::new());
    }
    let Some((_, listed)) = printed.split_once(REFUSAL) else {
        return Err(Failure::during(
            "the check failed for another reason",
            printed,
        ));
    };
    // Each stands indented on a line of its own.
    let lines = listed.lines().skip(1);
    let named = lines
        .take_while(|line| line.starts_with(' '))
        .map(str::trim);
    Ok(named.map(str::to_owned).collect())
}

/// Copies what git knows of, and what it would if it were added.
fn copy_repository(from: &Workspace, to: &Workspace) -> Outcome {
    let folder = to.path("");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failure::during(folder.display(), error))?;
    }
    let listed = from
        .program("git")
        .args(["ls-files", "-z", "--cached", "--others"]);
    let listed = listed.arg("--exclude-standard").stdout()?;
    for path in listed.split_terminator('\0') {
        let source = from.path(path);
        // Git still lists what was removed and not committed.
        if source.is_file() {
            copy(&source, to.path(path))?;
        }
    }
    Ok(())
}

fn copy(source: &Path, target: PathBuf) -> Outcome {
    let failed = |error| Failure::during(target.display(), error);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::copy(source, &target).map_err(failed)?;
    Ok(())
}

fn remove(path: &Path) -> Outcome {
    fs::remove_file(path).map_err(|error| Failure::during(path.display(), error))
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| Failure::during(path.display(), error))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| Failure::during(path.display(), error))
}
