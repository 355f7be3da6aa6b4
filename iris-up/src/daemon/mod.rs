//! The daemon: a registry of apps, the processes they run in, and the ways to them.
//!
//! | to read | |
//! |---|---|
//! | [`remotes`] | what can be asked of it: procedures, one line each over what follows |
//! | `apps` | the apps that there are; pushing one, and going over to it |
//! | `instance` | one version of an app that runs: the seam between kinds |
//! | `resident` | the kind that runs all the time, and is started again where it ends |
//! | `lambda` | the kind that runs where there is something to do, by AWS Lambda's Runtime API |
//! | `gateway` | requests for apps, from the box's address to their processes |
//! | `gate` | what an instance has under way, so that it is not ended before |
//! | `process` | a process with all it starts: spawned, watched, ended; its log |
//! | `containment` | what keeps apps where they belong |
//! | `store` | what is kept: the registry in SQLite, artifacts by their hash |

mod apps;
pub(crate) mod containment;
mod failure;
mod gate;
mod gateway;
mod instance;
mod lambda;
mod process;
pub mod remotes;
mod resident;
mod store;

pub use containment::{Options, Sandbox};
pub use failure::Failure;

use apps::Apps;
use containment::Containment;
use iris_core::{Iris, Request};
use process::marker::Marker;
use remotes::apps::AppsRemote;
use remotes::artifacts::ArtifactsRemote;
use remotes::functions::FunctionsRemote;
use remotes::sandbox::SandboxRemote;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::artifacts::Artifacts;

/// The most bytes of a message: an event, or an answer, of 6 MiB and what is around it.
const LARGEST: usize = 8 * 1024 * 1024;

/// A daemon with what it keeps in one folder.
#[derive(Debug)]
pub struct Daemon {
    apps: Arc<Apps>,
    artifacts: Arc<Artifacts>,
    containment: Arc<Containment>,
}

impl Daemon {
    /// Opens what is kept in a folder, which is made where it is not there. Processes that a daemon left behind which was
    /// killed are ended first. Then everything runs that ran before. Apps are held as well as this host can.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be used, or another daemon uses it, or this program has no
    /// [launcher stage](crate::sandbox::launch).
    pub async fn open(folder: &Path) -> Result<Daemon, Failure> {
        Daemon::open_with(folder, Options::default()).await
    }

    /// The same, where apps are held otherwise.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Daemon::open), and where something is missing that must be there.
    pub async fn open_with(folder: &Path, options: Options) -> Result<Daemon, Failure> {
        // Nobody else has the folder from here on.
        let store = Store::open(folder).await?;
        let folder = &std::fs::canonicalize(folder).map_err(Failure::at(folder))?;
        let marker = Marker::of(folder)?;
        marker.end_all().await?;
        let containment = Arc::new(Containment::open(folder, options).await?);
        let artifacts = Arc::new(Artifacts::open(folder).await?);
        let held = containment.clone();
        let apps = Apps::load(store, artifacts.clone(), folder, marker, held).await?;
        Ok(Daemon {
            apps,
            artifacts,
            containment,
        })
    }

    /// What it answers: its remotes, and beside them its apps.
    pub fn application(&self) -> Iris<Request> {
        Iris::without_context()
            .contract(crate::messages::CONTRACT)
            .max_request_size(LARGEST)
            .max_response_size(LARGEST)
            .add_remote(AppsRemote(self.apps.clone()))
            .add_remote(ArtifactsRemote(self.artifacts.clone()))
            .add_remote(FunctionsRemote(self.apps.clone()))
            .add_remote(SandboxRemote(self.containment.clone()))
            .fallback(gateway::Gateway::new(self.apps.clone()))
    }

    /// Ends all processes, each as gently as it allows. They run again when the folder is opened the next time.
    pub async fn stop(self) {
        self.apps.stop().await;
        self.containment.close();
    }
}
