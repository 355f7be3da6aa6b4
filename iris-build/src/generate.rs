//! The whole way from the configuration to the written files.

use crate::base::Base;
use crate::config::Config;
use crate::error::{Error, Problem};
use crate::input::Input;
use crate::lock_file::{self, LockFile, PreviousLock};
use crate::message_cache::MessageCache;
use crate::mode::Mode;
use crate::outcome::Outcome;
use crate::project::Project;
use crate::server;
use crate::targets;
use crate::write::Changes;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Generates what the configuration asks for, and tells cargo when to do so again. For build.rs.
///
/// # Errors
///
/// Every problem found in the sources, the `.proto` files, the lock and the target folders. Nothing is written then.
pub fn generate(config: Config) -> Result<(), Error> {
    let outcome = run(&config)?;
    for line in outcome.cargo_instructions() {
        println!("{line}");
    }
    Ok(())
}

/// The same without telling cargo. For tools.
///
/// # Errors
///
/// As [`generate`].
pub fn run(config: &Config) -> Result<Outcome, Error> {
    let project = Project::new(config)?;
    match project.mode {
        Mode::Clean => targets::clean(config, &project),
        Mode::Changed | Mode::Full | Mode::Check => print(config, &project),
    }
}

fn print(config: &Config, project: &Project) -> Result<Outcome, Error> {
    let base = &project.base;
    if !project.sealed {
        targets::lie_outside_inputs(config, base)?;
    }
    let lock_path = config.lock.as_deref().unwrap_or(Path::new(lock_file::NAME));
    let previous = PreviousLock::read(lock_path, base)?;
    let input = Input::read(config, base, &previous.names)?;
    let cache = match project.mode {
        Mode::Full => MessageCache::new(None),
        _ => MessageCache::new(project.out_dir.clone()),
    };
    // A sealed package has no targets, so that nothing leaves OUT_DIR.
    let mut targets = Vec::new();
    let mut lock = None;
    if !project.sealed {
        targets = targets::print(config, &project.package, base, &input, &cache)?;
        let outputs = targets::folders(config);
        lock = Some(previous.check(&input.schema, project.accept_breaks, &outputs, base)?);
    }
    let changes = targets::plan(project, &targets, &input.protos)?;
    if project.mode == Mode::Check {
        up_to_date(project, &changes, lock.as_ref())?;
    }

    // Everything is known to be right; only now is anything written.
    if let Some(out_dir) = &project.out_dir {
        let all = project.mode == Mode::Full;
        server::write(&input.schema, out_dir, all, &cache)?;
    }
    let mut outcome = Outcome {
        watched: input.watched(config, base),
        ..Outcome::default()
    };
    targets::apply(project, &targets, changes, &mut outcome)?;
    if let Some(lock) = lock {
        lock.write(base, age(&outcome.watched, base))?;
        outcome.watched.insert(lock.path);
    }
    Ok(outcome)
}

/// Fails if anything would change.
pub(crate) fn up_to_date(
    project: &Project,
    changes: &[Changes],
    lock: Option<&LockFile>,
) -> Result<(), Problem> {
    let mut stale: Vec<PathBuf> = changes.iter().flat_map(Changes::paths).collect();
    stale.extend(
        lock.filter(|lock| lock.changed)
            .map(|lock| lock.path.clone()),
    );
    if stale.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = stale
        .iter()
        .map(|path| format!("\n  {}", path.display()))
        .collect();
    Err(Problem::new(format!(
        "generated files do not match their sources; run `cargo build -p {}` without IRIS_GENERATE and commit these:{}",
        project.package.name,
        lines.concat()
    )))
}

/// When the newest of these files was written.
fn age(paths: &BTreeSet<PathBuf>, base: &Base) -> Option<SystemTime> {
    let written = |path: &PathBuf| fs::metadata(base.resolve(path)).ok()?.modified().ok();
    paths.iter().filter_map(written).max()
}
