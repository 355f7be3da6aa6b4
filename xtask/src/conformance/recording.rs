//! What the suite's peers said, gathered into a file for requests and one for answers.
//!
//! The programs under test write a file for each shape of message; see `conformance/src/record`.

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable that tells the programs under test where to write.
pub(super) const FOLDER: &str = "CONFORMANCE_RECORD";

/// The most that a file may have, in bytes: they are kept in the repository, and compiled into tests.
const MOST: usize = 512 * 1024;

const KINDS: [&str; 2] = ["requests", "answers"];

/// A folder for what is recorded in one run.
#[derive(Debug)]
pub(super) struct Recording(PathBuf);

impl Recording {
    /// An empty one.
    pub(super) fn begin(workspace: &Workspace) -> Outcome<Self> {
        let folder = workspace.target("conformance/recorded");
        let problem = |error| Failure::during(folder.display(), error);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(problem)?;
        }
        fs::create_dir_all(&folder).map_err(problem)?;
        Ok(Recording(folder))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// Writes `requests.jsonl` and `answers.jsonl` into a folder, as far as there is any of them, and says how much that is.
    pub(super) fn gather(&self, into: &Path) -> Outcome<Vec<String>> {
        fs::create_dir_all(into).map_err(|error| Failure::during(into.display(), error))?;
        let mut said = Vec::new();
        for kind in KINDS {
            let lines = lines(&self.0.join(kind))?;
            if lines.is_empty() {
                continue;
            }
            let (kept, left_out) = within(lines, MOST);
            let path = into.join(format!("{kind}.jsonl"));
            let text = kept.concat();
            fs::write(&path, &text).map_err(|error| Failure::during(path.display(), error))?;
            said.push(format!(
                "{}: {} {kind}, {} bytes; {left_out} left out that were longer than there was room for",
                path.display(),
                kept.len(),
                text.len()
            ));
        }
        Ok(said)
    }
}

/// What is in the files of a folder; nothing where it is missing.
fn lines(folder: &Path) -> Outcome<Vec<String>> {
    let problem = |error: std::io::Error| Failure::during(folder.display(), error);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        // One that was never renamed is not whole.
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            lines.push(fs::read_to_string(&path).map_err(problem)?);
        }
    }
    Ok(lines)
}

/// The shortest of them that have so many bytes together, in order, and how many there are besides.
fn within(mut lines: Vec<String>, most: usize) -> (Vec<String>, usize) {
    lines.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    let mut length = 0;
    let all = lines.len();
    lines.retain(|line| {
        length += line.len();
        length <= most
    });
    lines.sort();
    let left_out = all - lines.len();
    (lines, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_the_longest() {
        let lines = ["c\n", "bbbb\n", "aa\n"].map(str::to_owned).to_vec();
        let (kept, left_out) = within(lines.clone(), 5);
        assert_eq!((kept, left_out), (vec!["aa\n".into(), "c\n".into()], 1));
        assert_eq!(within(lines, 10).1, 0);
    }
}
