//! Clients of servers that are known by their descriptors alone. What such clients do is tested in `tests/described`.

#![expect(clippy::unwrap_used, reason = "a test stops at what should not be")]

#[path = "../schemas_from_text/mod.rs"]
mod schemas_from_text;

mod damaged;
mod docs;
mod folders;
mod mistakes;
mod of_iris;
mod strangers;

use iris_build::{ClientCrate, Described, Error, Mode, Outcome};
use prost::Message;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder to write to.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a client crate and a package.
    fn run(&self, descriptors: impl Into<Vec<u8>>) -> Result<Outcome, Error> {
        self.described(descriptors).run()
    }

    fn described(&self, descriptors: impl Into<Vec<u8>>) -> Described {
        Described::new("acme", descriptors)
            .base(self.0.path())
            .mode(Mode::Changed)
            .client(ClientCrate::new("client"))
            .typescript("typescript")
    }

    /// Every file below a folder, relative to it.
    fn files(&self, folder: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let root = self.path(folder);
        collect(&root, &root, &mut files);
        files.sort();
        files
    }
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => collect(&path, root, files),
            false => files.push(path.strip_prefix(root).expect("below it").to_owned()),
        }
    }
}

/// What describes these files: name and text.
fn descriptors(files: &[(&str, &str)]) -> Vec<u8> {
    schemas_from_text::compile(files).encode_to_vec()
}

/// What is wrong with descriptors.
fn mistake(descriptors: impl Into<Vec<u8>>) -> String {
    let folder = Folder::new();
    let error = folder.run(descriptors).expect_err("something is wrong");
    assert!(folder.files("").is_empty(), "something was written");
    error.to_string()
}

fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}
