//! The list of the files that were generated into a folder.

use super::GENERATED;
use crate::output::GeneratedFile;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The file's name.
pub(crate) const NAME: &str = ".iris-generated";

/// The list of the files that were generated into a folder, relative to it.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    paths: BTreeSet<PathBuf>,
}

impl Manifest {
    pub(crate) fn of(paths: &BTreeSet<PathBuf>) -> Self {
        Manifest {
            paths: paths.clone(),
        }
    }

    /// The list in a folder; empty where there is none.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(NAME)).unwrap_or_default();
        let paths = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(PathBuf::from)
            // Whatever a merge or an editor made of the list, it never leads out of the folder.
            .filter(|path| {
                path.components()
                    .all(|part| matches!(part, Component::Normal(_)))
            });
        Manifest {
            paths: paths.collect(),
        }
    }

    pub(crate) fn to_file(&self) -> GeneratedFile {
        let mut text = format!("# {GENERATED}. Do not edit.\n");
        for path in &self.paths {
            text.push_str(&path.to_string_lossy().replace('\\', "/"));
            text.push('\n');
        }
        GeneratedFile::new(NAME, text)
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    /// Whether a file that cannot say so itself was generated. One whose format has comments says it, or was taken over.
    pub(crate) fn vouches(&self, path: &Path) -> bool {
        let silent = path
            .extension()
            .is_some_and(|extension| ["json", "binpb", "proto"].iter().any(|e| extension == *e));
        silent && self.paths.contains(path)
    }
}
