//! The protobuf side of the input: `.proto` files, compiled.

use crate::base::Base;
use crate::config::Config;
use crate::encoded_files::EncodedFiles;
use crate::error::{Problem, Problems};
use crate::includes::Includes;
use crate::proto_problem;
use crate::schema::Place;
use prost_types::FileDescriptorSet;
use protox::Compiler;
use protox::file::FileResolver;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The compiled `.proto` files.
#[derive(Debug, Default)]
pub(crate) struct Protos {
    /// With imports and comments; imports first.
    pub(crate) files: FileDescriptorSet,
    /// The same with custom options.
    pub(crate) encoded: EncodedFiles,
    /// Where each file is, by its name. Those that come with Iris (`google/protobuf/..`) are nowhere.
    pub(crate) paths: BTreeMap<String, PathBuf>,
}

impl Protos {
    /// A line of a file, the first where it is not known.
    pub(crate) fn place(&self, base: &Base, file: &str, line: Option<usize>) -> Place {
        let path = self.paths.get(file);
        Place {
            file: path.map_or_else(|| PathBuf::from(file), |path| base.shown(path)),
            line: line.unwrap_or(1),
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
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in &config.proto_folders {
        let found = problems.ok(base.files(folder, "proto")).unwrap_or_default();
        if found.is_empty() && base.resolve(folder).is_dir() {
            problems.add(Problem::in_file(
                folder,
                "holds no .proto file; correct the folder in build.rs, or take the line away",
            ));
        }
        folders.push(base.resolve(folder));
        files.extend(found);
    }
    for given in &config.proto_files {
        folders.extend(given.includes.iter().map(|folder| base.resolve(folder)));
        files.extend(given.files.iter().map(|file| base.resolve(file)));
    }
    compile_files(&files, &Includes::new(folders), base, problems)
}

fn compile_files(
    files: &[PathBuf],
    includes: &Includes,
    base: &Base,
    problems: &mut Problems,
) -> Protos {
    let mut compiler = Compiler::with_file_resolver(includes.clone());
    compiler.include_imports(true).include_source_info(true);
    for file in files {
        if let Some(problem) = hidden(file, includes, base) {
            problems.add(problem);
        } else if let Err(error) = compiler.open_file(file) {
            problems.add(proto_problem::problem(&error, file, includes, base));
        }
    }
    let files = compiler.file_descriptor_set();
    let encoded = EncodedFiles::of(&compiler.descriptor_pool())
        .map_err(|error| Problem::new(format!("the compiled .proto files do not decode: {error}")));
    let paths = compiler.files().filter_map(|file| {
        let path = includes.find(file.name())?;
        Some((file.name().to_owned(), path))
    });
    Protos {
        paths: paths.collect(),
        encoded: problems.ok(encoded).unwrap_or_default(),
        files,
    }
}

/// A file that imports cannot mean: another folder has one of its name, and is looked into first.
fn hidden(file: &Path, includes: &Includes, base: &Base) -> Option<Problem> {
    let name = includes.resolve_path(file)?;
    let found = includes.find(&name).filter(|found| found != file)?;
    let text = format!(
        "is `{name}` to imports, and so is {}, which is found first; rename one of them, or move it to another folder",
        base.shown(&found).display()
    );
    Some(Problem::in_file(base.shown(file), text))
}
