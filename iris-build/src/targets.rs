//! The folders outside `OUT_DIR`: what goes into them, and what must change there.

use crate::base::Base;
use crate::client;
use crate::config::Config;
use crate::contract;
use crate::error::{Error, Problem, Problems};
use crate::input::Input;
use crate::javascript;
use crate::message_cache::MessageCache;
use crate::mode::Mode;
use crate::outcome::Outcome;
use crate::project::{Package, Project};
use crate::protos::Protos;
use crate::write::{self, Changes, Target};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The folders that are written to.
pub(crate) fn folders(config: &Config) -> Vec<PathBuf> {
    let clients = config.clients.iter().map(|client| client.folder.clone());
    let typescript = config.typescript.iter();
    let typescript = typescript.map(|package| package.folder.clone());
    let contracts = config.contracts.iter().cloned();
    clients.chain(typescript).chain(contracts).collect()
}

/// Refuses a target in a folder that is read as a whole: what one run wrote there, the next would take for a source.
pub(crate) fn lie_outside_inputs(config: &Config, base: &Base) -> Result<(), Error> {
    let inputs = [
        ("protos", &config.proto_folders),
        ("remotes", &config.remotes),
        ("error_codes", &config.error_codes),
    ];
    let mut problems = Problems::default();
    for target in folders(config) {
        let folder = canonical(&base.resolve(&target));
        for (setting, paths) in inputs {
            let around = paths
                .iter()
                .filter(|input| folder.starts_with(canonical(&base.resolve(input))));
            for input in around {
                problems.add(Problem::new(format!(
                    "`{}` is generated into and lies in `{}`, where everything is read; choose a folder outside for \
                     `client` or `contract`, or a narrower one for `{setting}`",
                    target.display(),
                    input.display()
                )));
            }
        }
    }
    problems.finish()
}

/// Prints everything that goes outside `OUT_DIR`, the lock aside. `package` is whose remotes they are.
pub(crate) fn print(
    config: &Config,
    package: &Package,
    base: &Base,
    input: &Input,
    cache: &MessageCache,
) -> Result<Vec<Target>, Error> {
    let proto_sources = input.protos.sources(base)?;
    let mut targets = Vec::new();
    for client in &config.clients {
        targets.push(Target {
            folder: client.folder.clone(),
            files: client::files(client, package, input, &proto_sources, cache)?,
        });
    }
    for npm in &config.typescript {
        targets.push(Target {
            folder: npm.folder.clone(),
            files: javascript::files(npm, package, &input.schema),
        });
    }
    for folder in &config.contracts {
        targets.push(Target {
            folder: folder.clone(),
            files: contract::files(&input.schema, &proto_sources)?,
        });
    }
    Ok(targets)
}

/// What it takes to bring every target to the state that was printed. Touches nothing.
pub(crate) fn plan(
    project: &Project,
    targets: &[Target],
    protos: &Protos,
) -> Result<Vec<Changes>, Error> {
    let base = &project.base;
    let mut problems = Problems::default();
    let mut folders = BTreeSet::new();
    let inputs: BTreeSet<PathBuf> = protos.paths.values().map(|path| canonical(path)).collect();
    let mut planned = Vec::new();
    for target in targets {
        let folder = base.resolve(&target.folder);
        if !folders.insert(canonical(&folder)) {
            problems.add(Problem::new(format!(
                "`{}` is named twice as a target; a client crate holds the contract already, so name it once",
                target.folder.display()
            )));
        }
        for file in &target.files {
            if inputs.contains(&canonical(&folder.join(&file.path))) {
                problems.add(Problem::in_file(
                    target.folder.join(&file.path),
                    "is read and would also be generated; choose another folder for `contract` or `client`",
                ));
            }
        }
        let all = project.mode == Mode::Full;
        planned.push(write::plan(target, all, base, &mut problems));
    }
    problems.finish()?;
    Ok(planned)
}

/// Brings every target to the state that was planned, and notes what was done.
pub(crate) fn apply(
    project: &Project,
    targets: &[Target],
    planned: Vec<Changes>,
    outcome: &mut Outcome,
) -> Result<(), Problem> {
    if project.mode == Mode::Check {
        // Cargo runs the check again when what it approved of was edited. A build writes these files, and one that it
        // watched would run it a second time.
        let files = targets.iter().flat_map(Target::paths);
        outcome.watched.extend(files);
    }
    for (target, changes) in targets.iter().zip(planned) {
        write::apply(target, &changes, &project.base)?;
        let written = changes.write.into_iter().map(|file| file.path);
        outcome.written.extend(written);
        outcome.removed.extend(changes.remove);
    }
    Ok(())
}

/// Removes all that was generated into the targets.
pub(crate) fn clean(config: &Config, project: &Project) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    if project.sealed {
        return Ok(outcome);
    }
    for folder in folders(config) {
        let target = Target {
            folder,
            files: Vec::new(),
        };
        let mut problems = Problems::default();
        let changes = write::plan(&target, false, &project.base, &mut problems);
        problems.finish()?;
        write::apply(&target, &changes, &project.base)?;
        outcome.removed.extend(changes.remove);
    }
    Ok(outcome)
}

/// The path without links, as far as it exists.
fn canonical(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|ancestor| {
        let rest = path.strip_prefix(ancestor).ok()?;
        Some((ancestor.canonicalize().ok()?, rest))
    });
    let Some((mut canonical, rest)) = found else {
        return path.to_owned();
    };
    for part in rest.components() {
        match part {
            Component::ParentDir => {
                canonical.pop();
            }
            Component::CurDir => {}
            part => canonical.push(part),
        }
    }
    canonical
}
