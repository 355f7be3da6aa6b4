//! The folder that configured paths are relative to, and the files below it.

use crate::error::Problem;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder that configured paths are relative to.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    folder: PathBuf,
}

impl Base {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Base { folder }
    }

    /// A configured path, usable from any working directory.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// A path as the user knows it: relative to the base where it lies below it.
    pub(crate) fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.folder).unwrap_or(path).to_owned()
    }

    /// `path` itself where it is a file, otherwise every file below it with this extension, in the order of their paths.
    pub(crate) fn files(&self, path: &Path, extension: &str) -> Result<Vec<PathBuf>, Problem> {
        let root = self.resolve(path);
        if root.is_file() {
            return Ok(vec![root]);
        }
        if !root.exists() {
            return Err(Problem::new(format!(
                "`{}` does not exist below {}; correct the path in build.rs",
                path.display(),
                self.folder.display()
            )));
        }
        let mut found = Vec::new();
        let mut visited = BTreeSet::new();
        self.collect(&root, extension, &mut visited, &mut found)?;
        found.sort();
        Ok(found)
    }

    fn collect(
        &self,
        folder: &Path,
        extension: &str,
        visited: &mut BTreeSet<PathBuf>,
        found: &mut Vec<PathBuf>,
    ) -> Result<(), Problem> {
        let unreadable = |error: std::io::Error| {
            Problem::in_file(self.shown(folder), format!("cannot be listed: {error}"))
        };
        // Links may lead back up; each folder is listed once.
        if !visited.insert(folder.canonicalize().map_err(unreadable)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                continue;
            }
            if path.is_dir() {
                self.collect(&path, extension, visited, found)?;
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
        Ok(())
    }

    /// The text of a file.
    pub(crate) fn read(&self, file: &Path) -> Result<String, Problem> {
        fs::read_to_string(file)
            .map_err(|error| Problem::in_file(self.shown(file), format!("cannot be read: {error}")))
    }
}
