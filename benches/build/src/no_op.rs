//! What a build does when nothing, or next to nothing, has changed.

use crate::failure::{Outcome, read, write};
use crate::process::{cargo, output};
use crate::report::Settings;
use crate::rustc::Runs;
use crate::table::Table;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A package with remotes, and its folder in the repository.
const PACKAGES: [(&str, &str); 2] = [
    ("quickstart", "examples/quickstart"),
    ("end-to-end", "tests/end-to-end"),
];

/// A remote that is edited and put back.
const EDITED: &str = "examples/quickstart/src/remotes/users.rs";

/// Builds the packages again and again, and tells what each build did.
pub(crate) fn table(settings: &Settings) -> Outcome<String> {
    let edited = settings.repository.join(EDITED);
    let original = read(&edited)?;
    let result = builds(settings, &edited, &original);
    // Whatever happened, the repository stays as it was.
    write_unless_same(&edited, &original)?;
    result
}

fn builds(settings: &Settings, edited: &Path, original: &str) -> Outcome<String> {
    // Twice: the first may generate what was not there.
    build(settings)?;
    build(settings)?;
    let mut table = Table::new(&[
        "before the build",
        "files written",
        "compiled",
        "build scripts run",
    ]);
    let nothing = build(settings)?;
    table.row("nothing changed", &nothing.figures());
    File::options()
        .append(true)
        .open(edited)?
        .set_modified(SystemTime::now())?;
    let touched = build(settings)?;
    table.row("a remote was saved without a change", &touched.figures());
    write(edited, original.replace("contains('@')", "contains(\"@\")"))?;
    let changed = build(settings)?;
    table.row("the body of a procedure changed", &changed.figures());
    if nothing.did_something() {
        return Err(
            format!("a build after which nothing had changed was not idle: {nothing:?}").into(),
        );
    }
    if touched.written + changed.written > 0 {
        return Err(format!(
            "generated files were written though no contract had changed: {touched:?} {changed:?}"
        )
        .into());
    }
    Ok(table.to_string())
}

#[derive(Debug)]
struct Did {
    /// Generated files, committed or in `OUT_DIR`, that are new or younger than before.
    written: usize,
    /// Crates that rustc was started for.
    compiled: Vec<String>,
    scripts: usize,
}

impl Did {
    fn figures(&self) -> [&dyn std::fmt::Display; 3] {
        [&self.written, self, &self.scripts]
    }

    fn did_something(&self) -> bool {
        self.written + self.compiled.len() + self.scripts > 0
    }
}

/// The crates that were compiled.
impl std::fmt::Display for Did {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.compiled.is_empty() {
            true => formatter.write_str("nothing"),
            false => {
                let crates = self.compiled.len();
                let names: BTreeSet<&str> = self.compiled.iter().map(String::as_str).collect();
                let names: Vec<&str> = names.into_iter().collect();
                write!(formatter, "{crates}: targets of {}", names.join(", "))
            }
        }
    }
}

fn build(settings: &Settings) -> Outcome<Did> {
    let target = settings.folder.join("target-no-op");
    let mut cargo = cargo(&settings.repository, &target);
    cargo.args(["build", "--verbose"]);
    for (package, _) in PACKAGES {
        cargo.args(["--package", package]);
    }
    let before = generated(settings, &target)?;
    let runs = Runs::watch(&mut cargo, &settings.folder)?;
    let printed = String::from_utf8(output(&mut cargo)?.stderr)?;
    let after = generated(settings, &target)?;
    let written = after
        .iter()
        .filter(|(path, age)| before.get(*path) != Some(age));
    let finished = runs.finished()?;
    let scripts = printed
        .lines()
        .filter(|line| line.contains("Running `") && line.contains("build-script-build`"));
    Ok(Did {
        written: written.count(),
        compiled: finished.into_iter().map(|(name, _)| name).collect(),
        scripts: scripts.count(),
    })
}

/// Every generated file, and when it was written.
fn generated(settings: &Settings, target: &Path) -> Outcome<BTreeMap<PathBuf, SystemTime>> {
    let mut files = BTreeMap::new();
    for (_, folder) in PACKAGES {
        let folder = settings.repository.join(folder);
        note(&folder.join("client"), &mut files)?;
        note(&folder.join("iris.lock"), &mut files)?;
    }
    let scripts = target.join("debug/build");
    if scripts.exists() {
        for entry in fs::read_dir(scripts)? {
            let folder = entry?.path();
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            if PACKAGES
                .iter()
                .any(|(package, _)| name.starts_with(package))
            {
                note(&folder.join("out"), &mut files)?;
            }
        }
    }
    Ok(files)
}

fn note(path: &Path, files: &mut BTreeMap<PathBuf, SystemTime>) -> Outcome {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            note(&entry?.path(), files)?;
        }
    } else if path.exists() {
        files.insert(path.to_owned(), fs::metadata(path)?.modified()?);
    }
    Ok(())
}

fn write_unless_same(path: &Path, text: &str) -> Outcome {
    if read(path)? != text {
        write(path, text)?;
    }
    Ok(())
}
