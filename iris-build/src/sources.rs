//! The Rust side of the input: files with remotes and error codes.

use crate::base::Base;
use crate::config::Config;
use crate::error::{Problem, Problems};
use crate::schema::Place;
use iris_model::source::{self, Import};
use proc_macro2::Span;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the Rust files hold.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// In the order of their paths.
    pub(crate) files: Vec<SourceFile>,
    /// Every file that was looked into, also those that hold nothing.
    pub(crate) read: Vec<PathBuf>,
}

/// One file that holds remotes or error codes.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// As shown to the user.
    pub(crate) path: PathBuf,
    pub(crate) remotes: Vec<iris_model::Remote>,
    pub(crate) error_codes: Vec<iris_model::ErrorCodes>,
    pub(crate) imports: Vec<Import>,
}

impl SourceFile {
    /// Where something of this file is written.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place {
            file: self.path.clone(),
            line: span.start().line,
        }
    }
}

/// Reads the files that the configuration names.
pub(crate) fn read(config: &Config, base: &Base, problems: &mut Problems) -> Sources {
    // Whether a file may declare remotes: one that is named for its error codes alone does not.
    let mut paths: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for path in &config.remotes {
        for file in problems.ok(base.files(path, "rs")).unwrap_or_default() {
            paths.insert(file, true);
        }
    }
    for path in &config.error_codes {
        for file in problems.ok(base.files(path, "rs")).unwrap_or_default() {
            paths.entry(file).or_insert(false);
        }
    }
    let mut sources = Sources::default();
    for (path, takes_remotes) in paths {
        if let Some(text) = problems.ok(base.read(&path)) {
            let shown = base.shown(&path);
            sources
                .files
                .extend(read_file(&shown, &text, takes_remotes, problems));
        }
        sources.read.push(path);
    }
    sources
}

fn read_file(
    path: &Path,
    text: &str,
    takes_remotes: bool,
    problems: &mut Problems,
) -> Option<SourceFile> {
    // What cannot hold either is not parsed: faster, and its mistakes are rustc's to report.
    if !(text.contains("ErrorCodes") || takes_remotes && text.contains("remote")) {
        return None;
    }
    match source::read(text) {
        Ok(contents) => Some(SourceFile {
            path: path.to_owned(),
            remotes: if takes_remotes {
                contents.remotes
            } else {
                Vec::new()
            },
            error_codes: contents.error_codes,
            imports: contents.imports,
        }),
        Err(errors) => {
            for error in errors {
                let start = error.span().start();
                let place = Place {
                    file: path.to_owned(),
                    line: start.line,
                };
                problems.add(Problem::at(&place, error.to_string()).at_column(start.column + 1));
            }
            None
        }
    }
}
