//! Everything that is read, and the schema it amounts to.

use crate::assemble;
use crate::base::Base;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::error::{Error, Problem, Problems};
use crate::javascript;
use crate::lock::KnownNames;
use crate::protos::{self, Protos};
use crate::schema::Schema;
use crate::sources::{self, Sources};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Everything that is read, and the schema it amounts to.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) sources: Sources,
    pub(crate) protos: Protos,
    pub(crate) catalogue: Catalogue,
    pub(crate) schema: Schema,
}

impl Input {
    /// Reads what the configuration names.
    ///
    /// Names that are chosen are those that the lock `known` already, where they can be.
    pub(crate) fn read(config: &Config, base: &Base, known: &KnownNames) -> Result<Input, Error> {
        let mut problems = Problems::default();
        let sources = sources::read(config, base, &mut problems);
        let protos = protos::compile(config, base, &mut problems);
        problems.finish()?;

        let mut problems = Problems::default();
        let catalogue = Catalogue::new(&protos, base);
        let mut schema = assemble::assemble(
            &sources,
            &protos,
            &catalogue,
            known,
            &config.clients,
            base,
            &mut problems,
        );
        if config.has_javascript() {
            schema.javascript_names = javascript::name_types(&schema, known);
        }
        if schema.remotes.is_empty() {
            problems.add(Problem::new(format!(
                "no #[remote] found in {}; write #[remote(package = \"..\")] above an impl block, or correct `remotes` in build.rs",
                listed(&config.remotes)
            )));
        }
        problems.finish()?;
        Ok(Input {
            sources,
            protos,
            catalogue,
            schema,
        })
    }

    /// What cargo watches: each file that was read, and the folders, for files that are added or removed.
    pub(crate) fn watched(&self, config: &Config, base: &Base) -> BTreeSet<PathBuf> {
        let files = self.sources.read.iter().chain(self.protos.paths.values());
        let configured = config
            .remotes
            .iter()
            .chain(&config.error_codes)
            .chain(&config.proto_folders);
        files
            .map(|path| base.shown(path))
            .chain(configured.cloned())
            .collect()
    }
}

fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    if paths.is_empty() {
        "any file: build.rs names none".to_owned()
    } else {
        paths.join(", ")
    }
}
