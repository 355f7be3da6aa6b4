//! `iris-up dev`: a Cargo package that runs while it is written.
//!
//! It runs in a daemon of its own, to which each build is pushed as any other version: so that functions, lambdas and daemons
//! all are what they will be elsewhere, and that no request is lost while one version takes over from another. What does not
//! build, or does not start, changes nothing.

mod app;
mod sources;
mod watch;

use super::Outcome;
use super::bounds::Bounds;
use super::build::{self, Build};
use super::push::{Function, name_of};
use super::serve::Signals;
use super::temporary::{Temporary, Wanted};
use crate::daemon::{Retention, Sandbox, SandboxSettings};
use app::App;
use clap::Args;
use iris_up_client::messages::iris::up::v1::{Kind, PushRequest, Settings};
use rustix::process::{Pid, Signal, kill_process_group};
use sources::Sources;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use watch::Watch;

type BoxError = Box<dyn Error + Send + Sync>;

/// Apps have host names below it, which lead to this machine (RFC 6761, section 6.3).
const DOMAIN: &str = "localhost";

/// Executables for debugging are large, where temporary files are may be memory, and nobody goes back: so that what a version
/// was made of is gone soon after the one behind the next.
const KEPT: Retention = Retention {
    versions: 2,
    unused: Duration::from_secs(5),
};

/// Builds a Cargo package and runs it, and does so again whenever one of its files changes.
#[derive(Debug, Args)]
pub(super) struct Dev {
    /// The folder of the package.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Which executable of a package that makes several.
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// The app's name. That of the executable unless told.
    #[arg(long, short)]
    name: Option<String>,
    /// It speaks AWS Lambda's Runtime API; otherwise it listens at the port in its variable PORT.
    #[arg(long, short = 'L')]
    lambda: bool,
    /// The port to listen at; 0 for one that is free.
    #[arg(long, default_value_t = 2374)]
    port: u16,
    /// What keeps it where it belongs: what this host has, all of it, or nothing, for debuggers.
    #[arg(long, value_enum, default_value_t)]
    sandbox: Sandbox,
    #[command(flatten)]
    function: Function,
    #[command(flatten)]
    bounds: Bounds,
    /// Arguments for the executable.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// What came of a build.
enum Built {
    Made(PathBuf),
    /// Cargo has said why.
    Failed(BoxError),
    /// Something has changed meanwhile.
    Outdated,
}

impl Dev {
    pub(super) async fn run(self) -> Outcome {
        if !build::is_package(&self.folder) {
            return Err(format!("{} has no Cargo.toml", self.folder.display()).into());
        }
        let mut told = Signals::new()?;
        let wanted = Wanted {
            port: self.port,
            sandbox: SandboxSettings {
                sandbox: self.sandbox,
                ..SandboxSettings::default()
            },
            domains: vec![DOMAIN.to_owned()],
            retention: KEPT,
        };
        let daemon = Temporary::start("dev", wanted).await?;
        let url = daemon.url();
        println!("iris-up listens at {url}");
        let done = tokio::select! {
            done = self.work(&url) => done,
            () = told.stopped() => Ok(()),
        };
        daemon.stop(&mut told).await?;
        done
    }

    /// Goes on until something fails that no change of a file mends.
    async fn work(&self, url: &str) -> Outcome {
        let mut app = App::new(url)?;
        let mut watch = Watch::new()?;
        loop {
            // Before anything is read, so that no change is missed.
            let built = match Sources::of(&self.folder).await {
                Ok(sources) => {
                    watch.look_at(&sources)?;
                    self.build(&mut watch).await
                }
                Err(error) => {
                    watch.look_at(&Sources::alone(&self.folder))?;
                    Built::Failed(error)
                }
            };
            match built {
                Built::Outdated => continue,
                Built::Failed(error) => app.failed(&error),
                Built::Made(program) => {
                    watch.look_beside(&sources::beside(&program))?;
                    let pushed = app.push(&program, |artifact| self.request(&program, artifact));
                    if let Err(error) = pushed.await {
                        app.failed(&error);
                    }
                }
            }
            watch.changed().await?;
        }
    }

    async fn build(&self, watch: &mut Watch) -> Built {
        let build = Build {
            folder: &self.folder,
            binary: self.bin.as_deref(),
            release: false,
            target: None,
            quiet: false,
        };
        tokio::select! {
            // What has changed meanwhile may be what it was built from, or what it has made itself.
            biased;
            built = run(build) => match built {
                Ok(program) => Built::Made(program),
                Err(error) => Built::Failed(error),
            },
            changed = watch.changed() => match changed {
                Ok(()) => Built::Outdated,
                Err(error) => Built::Failed(error.into()),
            },
        }
    }

    fn request(&self, program: &Path, artifact: String) -> Result<PushRequest, BoxError> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => name_of(program)?,
        };
        let kind = match self.lambda {
            true => Kind::Lambda,
            false => Kind::Daemon,
        };
        Ok(PushRequest {
            name,
            kind: kind.into(),
            artifact,
            environment: self.bounds.environment()?,
            settings: Some(Settings {
                restart: true,
                arguments: self.arguments.clone(),
                limits: Some(self.bounds.limits()),
                reach: Some(self.bounds.reach()?),
                ..self.function.settings()
            }),
            ..PushRequest::default()
        })
    }
}

/// Builds it with processes that end where this is given up.
async fn run(build: Build<'_>) -> Result<PathBuf, BoxError> {
    let mut cargo = build.command();
    let child = cargo
        .process_group(0)
        .spawn()
        .map_err(build::cannot_be_run)?;
    let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let mut group = Group(id);
    let result = build.result(child).await;
    // Its number may be another's now.
    group.0 = None;
    result
}

/// A process group that ends with this.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::TERM);
        }
    }
}
