//! The daemon: a registry of apps, the processes they run in, and the ways to them.
//!
//! | to read | |
//! |---|---|
//! | [`remotes`] | what can be asked of it: procedures, one line each over what follows |
//! | `access` | who may do what |
//! | `apps` | the apps that there are; pushing one, and going over to it |
//! | `instance` | one version of an app that runs: the seam between kinds |
//! | `resident` | the kind that runs all the time, and is started again where it ends |
//! | `lambda` | the kind that runs where there is something to do, by AWS Lambda's Runtime API |
//! | `event`, `events` | what functions are given; that which nobody waits for, and schedules |
//! | `gateway` | requests for apps, from the box's address to their processes |
//! | `typed` | what a server has to call, so that calls are handed to it by their services |
//! | `gate` | what an instance has under way, so that it is not ended before |
//! | `process` | a process with all it starts: spawned, watched, ended; its log |
//! | `trash` | what apps have left, on its way to be removed |
//! | `hold` | a folder is one daemon's |
//! | `orphan` | what is left of a daemon that was killed and has no next |
//! | `containment` | what keeps apps where they belong |
//! | `setting` | one value of an app's settings |
//! | `retention` | how much is kept of what is old |
//! | `sockets` | whose the sockets of this machine are |
//! | `store` | what is kept: the registry in SQLite, artifacts by their hash, and unpacked what archives have in them |

mod access;
mod apps;
mod beginning;
pub(crate) mod containment;
mod event;
mod events;
mod failure;
mod gate;
mod gateway;
mod hold;
mod instance;
mod lambda;
pub(crate) mod orphan;
mod process;
pub mod remotes;
mod resident;
mod retention;
mod setting;
mod sockets;
mod store;
mod trash;
mod typed;
mod usage;

pub use access::{AccessSettings, Caller};
pub use containment::{Sandbox, SandboxSettings};
pub use failure::Failure;
pub(crate) use gateway::invoke_api::VERSIONS as AMAZONS_API;
pub use retention::Retention;
pub use store::room::Short;

use access::Access;
use apps::{Apps, Places};
use containment::Containment;
use events::Events;
use gateway::Gateway;
use gateway::host_names::HostNames;
use hold::Hold;
use iris_core::{HttpServer, Iris, Request};
use lambda::intake::Intake;
use process::marker::Marker;
use remotes::access::AccessRemote;
use remotes::apps::AppsRemote;
use remotes::artifacts::ArtifactsRemote;
use remotes::functions::FunctionsRemote;
use remotes::sandbox::SandboxRemote;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;
use store::artifacts::Artifacts;
use trash::Trash;

/// The most bytes of a message: an event, or an answer, of 6 MiB and what is around it.
const LARGEST: usize = 8 * 1024 * 1024;

/// The most bytes of an artifact, unless it is told otherwise.
const LARGEST_UPLOAD: u64 = 1024 * 1024 * 1024;

/// The most bytes of a Unix socket's path, and the zero behind it (unix(7)).
const LONGEST_SOCKET: usize = 108;

/// What a daemon is told beside where its folder is.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What keeps apps where they belong.
    pub sandbox: SandboxSettings,
    /// What is asked of callers.
    pub access: AccessSettings,
    /// Domains, such as `box.example`, below which apps have host names of their own: `hello.box.example`.
    pub domains: Vec<String>,
    /// How much is kept of what is old.
    pub retention: Retention,
    /// The most bytes of an executable that is uploaded: 1 GiB unless told.
    pub max_upload: Option<u64>,
    /// The most bytes of all that is uploaded and kept, with what archives have in them: half of the disk unless told.
    pub max_store: Option<u64>,
}

/// A daemon with what it keeps in one folder.
#[derive(Debug)]
pub struct Daemon {
    folder: PathBuf,
    access: Arc<Access>,
    apps: Arc<Apps>,
    artifacts: Arc<Artifacts>,
    containment: Arc<Containment>,
    events: Arc<Events>,
    intake: Intake,
    domains: Vec<String>,
    hold: Hold,
}

impl Daemon {
    /// Opens what is kept in a folder, which is made where it is not there. Processes that a daemon left behind which was
    /// killed are ended first. Then everything runs that ran before. Apps are held as well as this host can.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be used, or another daemon has it, or this program has no
    /// [launcher stage](crate::sandbox::launch).
    pub async fn open(folder: &Path) -> Result<Daemon, Failure> {
        Daemon::open_with(folder, Options::default()).await
    }

    /// The same, where apps are held and reached otherwise.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Daemon::open), and where something is missing that must be there.
    pub async fn open_with(folder: &Path, options: Options) -> Result<Daemon, Failure> {
        let mut builder = DirBuilder::new();
        // Others get to what is theirs once that is prepared.
        let made = builder.recursive(true).mode(0o700).create(folder);
        made.map_err(Failure::at(folder))?;
        // Its apps run in folders of their own, where a path that begins here leads elsewhere.
        let folder = &std::fs::canonicalize(folder).map_err(Failure::at(folder))?;
        let hold = Hold::of(folder)?;
        let store = Store::open(folder).await?;
        let marker = Marker::of(folder);
        let Options {
            sandbox,
            access,
            domains,
            max_upload,
            max_store,
            retention,
        } = options;
        marker.end_all().await?;
        let containment = Arc::new(Containment::open(folder, sandbox).await?);
        let trash = Trash::open(folder)?;
        let largest = max_upload.unwrap_or(LARGEST_UPLOAD);
        let artifacts = Artifacts::open(folder, trash.clone(), retention, largest, max_store);
        let artifacts = Arc::new(artifacts.await?);
        // What may be an app of the same user is nobody to be known by that.
        let known = !access.require_password && containment.tells_apps_apart();
        let address = access.address.filter(|_| known);
        let access = Arc::new(Access::open(&store, access, address).await?);
        let places = Places {
            folder: folder.to_owned(),
            marker,
            containment: containment.clone(),
            trash,
            port: address.map(|address| address.port()),
            retention,
        };
        let apps = Apps::load(store.clone(), artifacts.clone(), places).await?;
        let events = Events::open(store, apps.clone()).await?;
        Ok(Daemon {
            folder: folder.to_owned(),
            access,
            apps,
            artifacts,
            containment,
            events,
            intake: Intake::new(),
            domains,
            hold,
        })
    }

    /// Where programs of this machine reach it whose user is the daemon's own, or the superuser: they need no password.
    /// `None` where the folder's path is too long for a socket in it (unix(7): 108 bytes).
    pub fn socket(&self) -> Option<HttpServer> {
        let path = socket_in(&self.folder);
        let fits = path.as_os_str().len() < LONGEST_SOCKET;
        fits.then(|| HttpServer::unix(path))
    }

    /// A server for it that hands on what is for an app by its host name, before anything of the daemon's looks at it.
    pub fn with_host_names(&self, server: HttpServer) -> HttpServer {
        match self.domains.is_empty() {
            true => server,
            false => {
                let gateway = self.gateway();
                // Handshakes are answered before all layers.
                let by_host = gateway.clone();
                let server = server.websocket_where(move |request| !by_host.names_an_app(request));
                server.layer(HostNames(gateway))
            }
        }
    }

    fn gateway(&self) -> Gateway {
        Gateway::new(
            self.apps.clone(),
            self.events.clone(),
            self.access.clone(),
            self.intake.clone(),
            &self.domains,
        )
    }

    /// What it answers: its remotes, and beside them its apps.
    pub fn application(&self) -> Iris<Caller> {
        let access = self.access.clone();
        let identify = move |request: Request| {
            let access = access.clone();
            async move { access.identify(request).await }
        };
        Iris::new(identify)
            .contract(crate::messages::CONTRACT)
            .max_request_size(LARGEST)
            .max_response_size(LARGEST)
            .add_remote(AccessRemote(self.access.clone()))
            .add_remote(AppsRemote(self.apps.clone()))
            .add_remote(ArtifactsRemote {
                artifacts: self.artifacts.clone(),
                apps: self.apps.clone(),
            })
            .add_remote(FunctionsRemote {
                apps: self.apps.clone(),
                events: self.events.clone(),
                intake: self.intake.clone(),
            })
            .add_remote(SandboxRemote(self.containment.clone()))
            .fallback_takes_calls()
            .fallback(self.gateway())
    }

    /// Ends all processes, each as gently as it allows. They run again when the folder is opened the next time.
    pub async fn stop(self) {
        let events = self.events.stop();
        tokio::join!(events, self.apps.stop());
        self.containment.close().await;
        // Until here nobody else ends its processes.
        drop(self.hold);
    }
}

/// The Unix socket of the daemon with this folder.
pub fn socket_in(folder: &Path) -> PathBuf {
    folder.join("control.sock")
}
