//! The whole way from the configuration to the written files.

use crate::assemble;
use crate::base::Base;
use crate::cargo;
use crate::catalogue::Catalogue;
use crate::client::{self, Package};
use crate::config::Config;
use crate::contract;
use crate::error::{Error, Problem, Problems};
use crate::lock_file::{self, LockFile};
use crate::message_cache::MessageCache;
use crate::mode::Mode;
use crate::protos::{self, Protos};
use crate::schema::Schema;
use crate::server;
use crate::sources::{self, Sources};
use crate::write::{self, Changes, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What was generated.
#[derive(Debug)]
pub struct Outcome {
    pub(crate) mode: Mode,
    pub(crate) written: Vec<PathBuf>,
    pub(crate) removed: Vec<PathBuf>,
    pub(crate) watched: BTreeSet<PathBuf>,
}

impl Outcome {
    /// The files that were written, the ones in `OUT_DIR` and the lock aside.
    pub fn written(&self) -> &[PathBuf] {
        &self.written
    }

    /// The files that were removed because nothing generates them any more.
    pub fn removed(&self) -> &[PathBuf] {
        &self.removed
    }

    /// What a build script prints: when cargo runs it again, and what was written.
    pub fn cargo_instructions(&self) -> Vec<String> {
        cargo::instructions(self)
    }
}

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
        Mode::Clean => clean(config, &project),
        Mode::Changed | Mode::Full | Mode::Check => print(config, &project),
    }
}

/// The package that is being built, and what is asked of this run.
struct Project {
    base: Base,
    package: Package,
    out_dir: Option<PathBuf>,
    mode: Mode,
    accept_breaks: bool,
    /// The package's folder is not a place to write to: it came from a registry, or docs.rs builds it.
    sealed: bool,
}

impl Project {
    fn new(config: &Config) -> Result<Project, Problem> {
        let (folder, package, out_dir) = match &config.base {
            Some(folder) => (folder.clone(), Package::of_folder(folder), None),
            None => {
                let folder = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
                    Problem::new(
                        "CARGO_MANIFEST_DIR is not set; call `generate` from build.rs, or name the folder with \
                         `Config::base`",
                    )
                })?;
                let out_dir = env::var_os("OUT_DIR").map(PathBuf::from);
                (PathBuf::from(folder), Package::of_environment(), out_dir)
            }
        };
        let sealed = env::var_os("DOCS_RS").is_some() || folder.join("Cargo.toml.orig").is_file();
        Ok(Project {
            base: Base::new(folder),
            package,
            out_dir: config.out_dir.clone().or(out_dir),
            mode: config.mode.map_or_else(Mode::from_environment, Ok)?,
            accept_breaks: config
                .accept_breaks
                .map_or_else(lock_file::accepts_breaks, Ok)?,
            sealed,
        })
    }
}

impl Package {
    fn of_environment() -> Package {
        Package {
            name: env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "remotes".to_owned()),
            version: env::var("CARGO_PKG_VERSION").unwrap_or_else(|_| "0.1.0".to_owned()),
        }
    }

    fn of_folder(folder: &Path) -> Package {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let manifest: toml::Table = manifest.parse().unwrap_or_default();
        let package = manifest.get("package");
        // What is inherited from a workspace is no string, and is not followed.
        let value = |key: &str, default: &str| {
            let value = package.and_then(|package| package.get(key)?.as_str());
            value.unwrap_or(default).to_owned()
        };
        Package {
            name: value("name", "remotes"),
            version: value("version", "0.1.0"),
        }
    }
}

fn print(config: &Config, project: &Project) -> Result<Outcome, Error> {
    let base = &project.base;
    let mut problems = Problems::default();
    let sources = sources::read(config, base, &mut problems);
    let protos = protos::compile(config, base, &mut problems);
    problems.finish()?;

    let mut problems = Problems::default();
    let catalogue = Catalogue::new(&protos, base);
    let schema = assemble::assemble(&sources, &protos, &catalogue, &mut problems);
    if schema.remotes.is_empty() {
        problems.add(Problem::new(format!(
            "no #[remote] found in {}; write #[remote(package = \"..\")] above an impl block, or correct `remotes` in build.rs",
            listed(&config.remotes)
        )));
    }
    problems.finish()?;

    let cache = match project.mode {
        Mode::Full => MessageCache::new(None),
        _ => MessageCache::new(project.out_dir.clone()),
    };
    // A sealed package has no targets, so that nothing leaves OUT_DIR.
    let mut targets = Vec::new();
    let mut lock = None;
    if !project.sealed {
        targets = printed(config, project, &schema, &protos, &catalogue, &cache)?;
        let path = config.lock.as_deref().unwrap_or(Path::new(lock_file::NAME));
        lock = Some(lock_file::check(
            &schema,
            path,
            project.accept_breaks,
            base,
        )?);
    }
    let changes = plan(project, &targets, &protos)?;
    if project.mode == Mode::Check {
        up_to_date(project, &changes, lock.as_ref())?;
    }
    if let Some(out_dir) = &project.out_dir {
        server::write(&schema, out_dir, project.mode == Mode::Full, &cache)?;
    }
    let mut outcome = Outcome {
        mode: project.mode,
        written: Vec::new(),
        removed: Vec::new(),
        watched: watched(config, base, &sources, &protos),
    };
    for (target, changes) in targets.iter().zip(changes) {
        write::apply(target, &changes, base)?;
        outcome
            .written
            .extend(changes.write.into_iter().map(|file| file.path));
        outcome.removed.extend(changes.remove);
    }
    if let Some(lock) = lock {
        let path = base.resolve(&lock.path);
        if lock.changed {
            write::write_quietly(&path, lock.text.as_bytes(), age(&outcome.watched, base))
                .map_err(|error| {
                    Problem::in_file(&lock.path, format!("cannot be written: {error}"))
                })?;
        }
        outcome.watched.insert(lock.path);
    }
    Ok(outcome)
}

fn clean(config: &Config, project: &Project) -> Result<Outcome, Error> {
    let mut outcome = Outcome {
        mode: Mode::Clean,
        written: Vec::new(),
        removed: Vec::new(),
        watched: BTreeSet::new(),
    };
    if project.sealed {
        return Ok(outcome);
    }
    for folder in target_folders(config) {
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

fn target_folders(config: &Config) -> Vec<PathBuf> {
    let clients = config.clients.iter().map(|client| client.folder.clone());
    clients.chain(config.contracts.iter().cloned()).collect()
}

/// Everything that goes outside `OUT_DIR`, the lock aside.
fn printed(
    config: &Config,
    project: &Project,
    schema: &Schema,
    protos: &Protos,
    catalogue: &Catalogue,
    cache: &MessageCache,
) -> Result<Vec<Target>, Error> {
    let proto_sources: BTreeMap<String, Vec<u8>> = protos.sources(&project.base)?;
    let mut targets = Vec::new();
    for client in &config.clients {
        targets.push(Target {
            folder: client.folder.clone(),
            files: client::files(
                schema,
                client,
                &project.package,
                catalogue,
                &proto_sources,
                cache,
            )?,
        });
    }
    for folder in &config.contracts {
        targets.push(Target {
            folder: folder.clone(),
            files: contract::files(schema, &proto_sources),
        });
    }
    Ok(targets)
}

fn plan(project: &Project, targets: &[Target], protos: &Protos) -> Result<Vec<Changes>, Error> {
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

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Fails if anything would change.
fn up_to_date(
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

/// What cargo watches: each file that was read, and the folders, for files that are added or removed.
fn watched(config: &Config, base: &Base, sources: &Sources, protos: &Protos) -> BTreeSet<PathBuf> {
    let files = sources.read.iter().chain(protos.paths.values());
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

/// When the newest of these files was written.
fn age(paths: &BTreeSet<PathBuf>, base: &Base) -> Option<SystemTime> {
    let written = |path: &PathBuf| fs::metadata(base.resolve(path)).ok()?.modified().ok();
    paths.iter().filter_map(written).max()
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
