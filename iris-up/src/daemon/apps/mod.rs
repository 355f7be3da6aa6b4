//! The apps that there are.

mod answering;
mod app;
mod change;
mod claims;
mod leaving;
mod trial;

pub(crate) use app::App;
use app::Turn;
use claims::{claims_of, fill_in};

use crate::daemon::containment::Containment;
use crate::daemon::containment::cell::Cell;
use crate::daemon::containment::terms::Terms;
use crate::daemon::events::schedule;
use crate::daemon::instance::{self, Instance};
use crate::daemon::process::Launch;
use crate::daemon::process::log::Log;
use crate::daemon::process::marker::Marker;
use crate::daemon::store::artifacts::Artifacts;
use crate::daemon::store::variables::Variables;
use crate::daemon::store::{Record, Release, Store};
use crate::daemon::trash::Trash;
use crate::daemon::usage;
use crate::daemon::{Failure, Retention};
use crate::error::UpError;
use crate::hash::Hash;
use crate::messages::iris::up::v1::{self as messages, Kind, PushRequest, Settings};
use crate::name::AppName;
use futures_util::future::join_all;
use iris_core::IntoIrisError;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::watch;

/// All apps, by their names.
#[derive(Debug)]
pub(crate) struct Apps {
    by_name: RwLock<BTreeMap<AppName, Arc<App>>>,
    store: Store,
    artifacts: Arc<Artifacts>,
    places: Places,
    /// Changes whenever an app does.
    changed: watch::Sender<()>,
    /// Which app is called by which service.
    by_service: Mutex<HashMap<String, AppName>>,
    /// Whoever changes that in the store has it, until it is here as well.
    claiming: tokio::sync::Mutex<()>,
}

/// Where apps live, and how their processes are known.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) marker: Marker,
    pub(crate) containment: Arc<Containment>,
    pub(crate) trash: Trash,
    /// Where callers are known by their users.
    pub(crate) port: Option<u16>,
    pub(crate) retention: Retention,
}

/// Does work to its end, whether or not whoever asked for it stays.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, UpError>> + Send + 'static,
) -> Result<T, UpError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(panicked) => Err(Failure::during("work that goes on by itself", panicked).into()),
    }
}

impl Places {
    /// Removes what an app had on the disk.
    async fn clear(&self, name: &AppName, log: &Log) -> Result<(), Failure> {
        log.remove().await?;
        for kind in ["apps", "tmp"] {
            let own = self.folder.join(kind).join(name.as_str());
            self.trash.take(&own)?;
        }
        Ok(())
    }

    fn app(&self, record: Record) -> App {
        let log = self.log(&record.name);
        App::new(record, log)
    }

    fn log(&self, name: &AppName) -> Log {
        Log::at(self.folder.join("logs").join(format!("{name}.log")))
    }
}

impl Apps {
    /// Those that are kept, and starts the ones that ran.
    pub(crate) async fn load(
        store: Store,
        artifacts: Arc<Artifacts>,
        places: Places,
    ) -> Result<Arc<Apps>, Failure> {
        let mut by_name = BTreeMap::new();
        for record in store.apps().await? {
            by_name.insert(record.name.clone(), Arc::new(places.app(record)));
        }
        // A daemon that was killed as it removed them left something: who comes next by that name is not to find it.
        for name in store.removed().await? {
            if let Err(failure) = places.clear(&name, &places.log(&name)).await {
                tracing::error!(app = %name, %failure, "something stays of an app that was removed");
            }
        }
        for (record, percent) in store.trials().await? {
            if let Some(app) = by_name.get(&record.name) {
                app.resume_trial(record, percent);
            }
        }
        let claims = store.claims().await?;
        let apps = Apps {
            by_name: RwLock::new(by_name),
            store,
            artifacts,
            places,
            changed: watch::Sender::new(()),
            by_service: Mutex::new(claims),
            claiming: tokio::sync::Mutex::default(),
        };
        apps.end_leftovers(&apps.all()).await;
        for app in apps.all() {
            for record in app.records() {
                if let Err(error) = apps.unpack(&record).await {
                    let error = error.into_iris_error();
                    tracing::error!(app = %app.name(), %error, "what it is made of is not there");
                }
            }
            // What was killed stays so. A lambda waits for something to do.
            if app.runs_by_itself()
                && let Err(error) = apps.begin(&app)
            {
                // The others are not to wait for it. A request tries again.
                let error = error.into_iris_error();
                tracing::error!(app = %app.name(), %error, "it does not run");
            }
        }
        Ok(Arc::new(apps))
    }

    /// All of them, by their names, as others see them.
    pub(crate) fn list(&self) -> Vec<messages::App> {
        let mut apps: Vec<_> = self.all().iter().map(|app| app.describe()).collect();
        let services = self.services();
        let claims = claims_of(&services);
        for app in &mut apps {
            // What all would carry each time is left to whoever asks for the one.
            let settings = app.settings.iter_mut();
            let schedules = settings.flat_map(|settings| &mut settings.schedules);
            schedules.for_each(|schedule| schedule.event.clear());
            fill_in(app, &claims);
        }
        apps
    }

    /// What those use that a caller sees, by their names.
    pub(crate) async fn usage(
        &self,
        sees: impl Fn(&str) -> bool,
    ) -> Result<Vec<messages::AppUsage>, UpError> {
        let mut apps = self.all();
        apps.retain(|app| sees(app.name().as_str()));
        let sets: Vec<_> = apps.iter().map(|app| app.processes().ids()).collect();
        // There may be thousands of processes.
        let used = tokio::task::spawn_blocking(move || usage::of(&sets)).await;
        let used = used.map_err(|panicked| Failure::during("asking what apps use", panicked))?;
        let described = apps.iter().zip(used).map(|(app, usage)| {
            let status = app.status();
            messages::AppUsage {
                name: app.name().to_string(),
                state: status.state.into(),
                processes: usage.processes,
                memory: usage.memory,
                processor: prost_types::Duration::try_from(usage.processor).ok(),
                requests: app.requests(),
                restarts: status.restarts,
            }
        });
        Ok(described.collect())
    }

    fn all(&self) -> Vec<Arc<App>> {
        let apps = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        apps.values().cloned().collect()
    }

    /// The app of this name.
    pub(crate) fn find(&self, name: &AppName) -> Result<Arc<App>, UpError> {
        let apps = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let app = apps.get(name).cloned();
        app.ok_or_else(|| UpError::UnknownApp(name.to_string()))
    }

    /// One of them, with what keeps it where it belongs.
    pub(crate) fn describe(&self, name: &AppName) -> Result<messages::App, UpError> {
        let mut app = self.find(name)?.describe();
        let settings = app.settings.clone().unwrap_or_default();
        let terms = Terms::of(&settings).map_err(UpError::InvalidSettings)?;
        app.layers = self.places.containment.layers(Some(&terms));
        fill_in(&mut app, &claims_of(&self.services()));
        Ok(app)
    }

    /// Ends what is left of apps of which no process is to run.
    async fn end_leftovers(&self, apps: &[Arc<App>]) {
        let Places {
            containment,
            marker,
            ..
        } = &self.places;
        let numbers = apps.iter().map(|app| app.number());
        containment.end_leftovers(numbers, marker).await;
    }

    /// The versions of an app, the latest first.
    pub(crate) async fn versions(&self, name: &AppName) -> Result<Vec<messages::Version>, UpError> {
        let current = self.find(name)?.version();
        let versions = self.store.versions(name).await?.into_iter();
        let described = versions.map(|kept| messages::Version {
            version: kept.record.version,
            kind: kept.record.release.kind.into(),
            artifact: kept.record.release.artifact.to_string(),
            settings: Some(kept.record.release.settings),
            pushed: Some(prost_types::Timestamp {
                seconds: kept.pushed,
                nanos: 0,
            }),
            current: Some(kept.record.version) == current,
            ran: kept.ran,
        });
        Ok(described.collect())
    }

    /// An app with whoever may change it now: one that was removed while this waited is not changed any more.
    async fn turn(
        &self,
        find: impl Fn() -> Result<Arc<App>, UpError>,
    ) -> Result<(Arc<App>, Turn), UpError> {
        loop {
            let app = find()?;
            let turn = app.turn().await;
            if self
                .find(app.name())
                .is_ok_and(|now| Arc::ptr_eq(&now, &app))
            {
                return Ok((app, turn));
            }
        }
    }

    /// What a request asks for, where it can be had.
    async fn release(&self, request: PushRequest) -> Result<Release, UpError> {
        let kind = request.kind();
        if kind == Kind::Unspecified {
            return Err(UpError::InvalidKind);
        }
        let mut settings = request.settings.unwrap_or_default();
        instance::check(kind, &settings).map_err(UpError::InvalidSettings)?;
        schedule::check(&settings).map_err(UpError::InvalidSettings)?;
        let artifact = Hash::parse(&request.artifact)?;
        if !self.artifacts.find(&artifact).await?.complete {
            return Err(UpError::UnknownArtifact(artifact.to_string()));
        }
        let terms = Terms::of(&settings).map_err(UpError::InvalidSettings)?;
        let permitted = self.places.containment.permit(&terms, self.places.port);
        permitted.map_err(UpError::InvalidSettings)?;
        let environment = Variables::new(request.environment);
        let environment = environment.map_err(UpError::InvalidSettings)?;
        settings.variables = environment.names();
        // Last: what is refused leaves nothing on the disk.
        self.artifacts.unpack(&artifact, &settings.entry).await?;
        Ok(Release {
            kind,
            artifact,
            settings,
            environment,
        })
    }

    /// Sees to it that what a version is made of is there: of an archive only that is kept, and what it has in it is made of it
    /// again where somebody has removed that.
    async fn unpack(&self, record: &Record) -> Result<(), UpError> {
        let Release {
            artifact, settings, ..
        } = &record.release;
        self.artifacts.unpack(artifact, &settings.entry).await
    }

    /// Starts an instance of what is kept.
    fn launch(&self, app: &App, record: &Record) -> Result<Arc<dyn Instance>, UpError> {
        let containment = &self.places.containment;
        let release = &record.release;
        let (name, settings) = (&record.name, &release.settings);
        let held = containment.clone();
        let cell = Cell::new(held, name, record.number, settings)?;
        let launch = Launch {
            name: record.name.clone(),
            version: record.version,
            program: self.artifacts.program(&release.artifact, &settings.entry)?,
            arguments: release.settings.arguments.clone(),
            environment: release.environment.clone(),
            cell,
            log: app.log().clone(),
            marker: self.places.marker.clone(),
            processes: app.processes().clone(),
        };
        let started = instance::start(release.kind, launch, &release.settings);
        Ok(started.map_err(|why| Failure::during(&record.name, why))?)
    }

    /// The app of a name, or a new one without a version.
    fn of_name(&self, name: &AppName, release: &Release) -> Arc<App> {
        let mut apps = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let app = apps.entry(name.clone());
        app.or_insert_with(|| {
            Arc::new(self.places.app(Record {
                name: name.clone(),
                version: 0,
                release: release.clone(),
                wanted: true,
                number: 0,
            }))
        })
        .clone()
    }

    fn forget(&self, name: &AppName) {
        let mut apps = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        apps.remove(name);
    }

    /// Starts an app where it does not run as it should, and waits until it is ready.
    pub(crate) async fn start(self: Arc<Self>, name: AppName) -> Result<messages::App, UpError> {
        to_its_end(async move { self.started(&name).await }).await
    }

    async fn started(&self, name: &AppName) -> Result<messages::App, UpError> {
        let (app, _turn) = self.turn(|| self.find(name)).await?;
        self.store.want(name, true).await?;
        let old = app.want_anew();
        self.changed.send_replace(());
        let old = app.leave(old.into_iter().collect());
        old.stop().await;
        let instance = self.begin(&app)?;
        instance.ready().await.map_err(UpError::NotStarted)?;
        self.claim(&app).await;
        Ok(app.describe())
    }

    /// Ends an app until it is started.
    pub(crate) async fn kill(self: Arc<Self>, name: AppName) -> Result<messages::App, UpError> {
        to_its_end(async move {
            let (app, _turn) = self.turn(|| self.find(&name)).await?;
            self.store.want(&name, false).await?;
            app.end().await;
            self.end_leftovers(std::slice::from_ref(&app)).await;
            self.changed.send_replace(());
            Ok(app.describe())
        })
        .await
    }

    /// Ends an app, and forgets it with all that it had.
    pub(crate) async fn remove(self: Arc<Self>, name: AppName) -> Result<(), UpError> {
        to_its_end(async move {
            let (app, turn) = self.turn(|| self.find(&name)).await?;
            app.end().await;
            self.end_leftovers(std::slice::from_ref(&app)).await;
            self.store.remove(&name).await?;
            // What comes after it is of this name, and no longer of this app.
            self.places.clear(&name, app.log()).await?;
            self.forget(&name);
            self.give_up_claims(&name).await?;
            self.changed.send_replace(());
            // Whoever pushes keeps artifacts from being collected while he waits for his turn.
            drop(turn);
            self.collect().await?;
            Ok(())
        })
        .await
    }

    /// Removes artifacts that nothing names. What a version has under way that is gone may need its own until it is done:
    /// then they are removed with that.
    async fn collect(&self) -> Result<(), Failure> {
        match self.all().iter().any(|app| app.is_leaving()) {
            true => Ok(()),
            false => self.artifacts.collect(&self.store).await,
        }
    }

    /// The same where nobody is to hear of it if that fails.
    pub(crate) async fn tidy(&self) {
        if let Err(failure) = self.collect().await {
            tracing::warn!(%failure, "artifacts that nothing names stay");
        }
    }

    /// Changes whenever an app does.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The settings of those that are to run.
    pub(crate) fn wanted(&self) -> Vec<(AppName, Settings)> {
        let apps = self.all();
        let wanted = apps.iter().filter_map(|app| app.wanted());
        wanted.collect()
    }

    /// Ends all of them.
    pub(crate) async fn stop(&self) {
        let apps = self.all();
        join_all(apps.iter().map(|app| app.end())).await;
    }
}
