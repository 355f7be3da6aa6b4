//! How many lines a procedure is: what a person writes, what is generated, what the compiler sees.

use crate::failure::{Outcome, read, remove};
use crate::generation::tonic_parts;
use crate::process::{cargo, output};
use crate::project::{Project, Side};
use crate::report::Settings;
use crate::rustc::Runs;
use crate::table::Table;
use std::fs;
use std::path::Path;

/// Counts with all procedures and with one; the difference is what the others are.
pub(crate) fn table(settings: &Settings, all: &Project) -> Outcome<String> {
    let folder = settings.folder.join("one-procedure");
    let one = Project::write(folder, all.load.with_one_procedure(), &settings.repository)?;
    let more = all.load.procedures() - one.load.procedures();
    let each = |lines: &dyn Fn(&Project) -> Outcome<usize>| -> Outcome<String> {
        let difference = lines(all)?.saturating_sub(lines(&one)?);
        Ok(format!("{:.1}", difference as f64 / more as f64))
    };
    let mut table = Table::new(&["lines for each procedure", "Iris", "tonic"]);
    let written =
        |side: Side| each(&|project| in_folder(&project.folder.join(side.server()).join("src")));
    table.row(
        "server, written by hand",
        &[&written(Side::Iris)?, &written(Side::Tonic)?],
    );
    let expanded = |side: Side| each(&|project| expanded(settings, project, side));
    let (iris, tonic) = (expanded(Side::Iris)?, expanded(Side::Tonic)?);
    table.row(
        "server, the same with all macros expanded",
        &[&iris, &tonic],
    );
    let tonic = each(&|project| printed(project, true, false))?;
    table.row(
        "server, generated into a file (no messages)",
        &[&"0", &tonic],
    );
    let iris = each(&|project| in_folder(&project.folder.join("iris-server/client/src")))?;
    let tonic = each(&|project| printed(project, false, true))?;
    table.row(
        "client, generated into a file (no messages)",
        &[&iris, &tonic],
    );
    Ok(table.to_string())
}

/// The lines of Rust below a folder. Messages are in both projects, and thus in no difference.
fn in_folder(folder: &Path) -> Outcome<usize> {
    let mut lines = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        lines += match path.is_dir() {
            true => in_folder(&path)?,
            false => count(&read(&path)?),
        };
    }
    Ok(lines)
}

/// The lines of a server as the compiler sees it after expansion.
fn expanded(settings: &Settings, project: &Project, side: Side) -> Outcome<usize> {
    let target = settings.folder.join("target-lines");
    let mut cargo = cargo(&project.folder, &target);
    cargo.args([
        "rustc",
        "--quiet",
        "--profile",
        "check",
        "--package",
        side.server(),
    ]);
    cargo.args(["--", "-Zunpretty=expanded"]);
    // The option is an unstable one: what stands in the place of rustc allows it.
    Runs::watch(&mut cargo, &settings.folder)?;
    Ok(count(&String::from_utf8(output(&mut cargo)?.stdout)?))
}

/// What tonic prints for servers or clients.
fn printed(project: &Project, server: bool, client: bool) -> Outcome<usize> {
    let folder = project.folder.join(Side::Tonic.server());
    remove(&folder.join("out"))?;
    tonic_parts(&folder, server, client)?;
    in_folder(&folder.join("out"))
}

fn count(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}
