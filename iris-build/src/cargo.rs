//! What a build script tells cargo.

use crate::lock_file;
use crate::mode;
use crate::outcome::Outcome;
use std::fmt::Write;

/// How many paths a warning names before it counts the rest.
const NAMED: usize = 5;

/// The lines that tell cargo when to run the build script again, and the user what was written.
pub(crate) fn instructions(outcome: &Outcome) -> Vec<String> {
    let watched = outcome.watched.iter();
    let mut lines: Vec<String> = watched
        .map(|path| format!("cargo:rerun-if-changed={}", path.display()))
        .collect();
    for variable in [mode::VARIABLE, lock_file::VARIABLE] {
        lines.push(format!("cargo:rerun-if-env-changed={variable}"));
    }
    lines.extend(warning(outcome));
    lines
}

fn warning(outcome: &Outcome) -> Option<String> {
    let changed = [&outcome.written[..], &outcome.removed[..]].concat();
    if changed.is_empty() {
        return None;
    }
    let done = match (&outcome.written[..], &outcome.removed[..]) {
        (_, []) => "wrote",
        ([], _) => "removed",
        _ => "wrote and removed",
    };
    let named: Vec<String> = changed
        .iter()
        .take(NAMED)
        .map(|path| path.display().to_string())
        .collect();
    // Cargo repeats a warning until the script runs again, so it speaks of the change, not of this build.
    let mut line = format!(
        "cargo:warning=iris-build {done} with the latest change: {}",
        named.join(", ")
    );
    if let Some(more) = changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let _ = write!(line, " and {more} more");
    }
    Some(line)
}
