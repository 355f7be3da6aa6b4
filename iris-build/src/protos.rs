//! The protobuf side of the input: `.proto` files, compiled.

use crate::base::Base;
use crate::config::Config;
use crate::error::{Problem, Problems};
use crate::schema::Place;
use prost_types::FileDescriptorSet;
use protox::Compiler;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The compiled `.proto` files.
#[derive(Debug, Default)]
pub(crate) struct Protos {
    /// With imports and comments; imports first.
    pub(crate) files: FileDescriptorSet,
    /// The names of those that the configuration names: `users/v1/users.proto`. Sorted.
    pub(crate) own: Vec<String>,
    /// Where each file is, by its name. Those that come with Iris (`google/protobuf/..`) are nowhere.
    pub(crate) paths: BTreeMap<String, PathBuf>,
}

impl Protos {
    /// The place of the descriptor that `path` leads to, as protobuf's source info counts it.
    pub(crate) fn place(&self, base: &Base, file: &str, path: &[i32]) -> Place {
        let line = self
            .files
            .file
            .iter()
            .find(|candidate| candidate.name() == file)
            .and_then(|file| file.source_code_info.as_ref())
            .and_then(|info| info.location.iter().find(|location| location.path == path))
            .and_then(|location| location.span.first())
            .and_then(|line| usize::try_from(*line).ok());
        Place {
            file: self
                .paths
                .get(file)
                .map_or_else(|| PathBuf::from(file), |path| base.shown(path)),
            line: line.unwrap_or(0) + 1,
        }
    }

    /// The text of every file that is on disk, by its name.
    pub(crate) fn sources(&self, base: &Base) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
        self.paths
            .iter()
            .map(|(name, path)| Ok((name.clone(), base.read(path)?.into_bytes())))
            .collect()
    }
}

/// Compiles the files that the configuration names.
pub(crate) fn compile(config: &Config, base: &Base, problems: &mut Problems) -> Protos {
    let mut includes: Vec<PathBuf> = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &config.proto_folders {
        let found = problems.ok(base.files(folder, "proto")).unwrap_or_default();
        if found.is_empty() && base.resolve(folder).is_dir() {
            problems.add(Problem::in_file(
                folder,
                "holds no .proto file; correct the folder in build.rs, or take the line away",
            ));
        }
        includes.push(base.resolve(folder));
        files.extend(found);
    }
    for given in &config.proto_files {
        includes.extend(given.includes.iter().map(|folder| base.resolve(folder)));
        files.extend(given.files.iter().map(|file| base.resolve(file)));
    }
    includes.dedup();
    match Compiler::new(&includes) {
        Ok(compiler) => compile_files(compiler, &files, &includes, base, problems),
        Err(error) => {
            problems.add(Problem::new(format!("{error:?}")));
            Protos::default()
        }
    }
}

fn compile_files(
    mut compiler: Compiler,
    files: &[PathBuf],
    includes: &[PathBuf],
    base: &Base,
    problems: &mut Problems,
) -> Protos {
    compiler.include_imports(true).include_source_info(true);
    for file in files {
        if let Err(error) = compiler.open_file(file) {
            problems.add(problem(&error, file, includes, base));
        }
    }
    let mut protos = Protos {
        files: compiler.file_descriptor_set(),
        ..Protos::default()
    };
    for file in compiler.files() {
        if let Some(path) = file.path() {
            protos.paths.insert(file.name().to_owned(), path.to_owned());
        }
        if !file.is_import() {
            protos.own.push(file.name().to_owned());
        }
    }
    protos.own.sort();
    protos
}

/// Turns `users.proto:3:9: text` into the same at the path where the user finds the file.
fn problem(error: &protox::Error, opened: &Path, includes: &[PathBuf], base: &Base) -> Problem {
    let whole = format!("{error:?}");
    let Some(name) = error.file() else {
        return Problem::in_file(base.shown(opened), whole);
    };
    let path = includes
        .iter()
        .map(|include| include.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| opened.to_owned());
    let shown = base.shown(&path);
    let Some(rest) = whole
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(':'))
    else {
        return Problem::in_file(shown, whole);
    };
    let mut parts = rest.splitn(3, ':');
    match (
        parts.next().and_then(|line| line.trim().parse().ok()),
        parts.next().and_then(|column| column.trim().parse().ok()),
        parts.next(),
    ) {
        (Some(line), Some(column), Some(text)) => {
            Problem::at(&Place { file: shown, line }, text.trim()).at_column(column)
        }
        _ => Problem::in_file(shown, rest.trim()),
    }
}
