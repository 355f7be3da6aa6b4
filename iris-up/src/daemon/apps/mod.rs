//! The apps that there are.

mod app;

pub(crate) use app::App;
use app::Turn;

use crate::daemon::Failure;
use crate::daemon::containment::Containment;
use crate::daemon::containment::cell::Cell;
use crate::daemon::containment::terms::Terms;
use crate::daemon::gate::Entered;
use crate::daemon::instance::{self, Instance};
use crate::daemon::process::Launch;
use crate::daemon::process::log::Log;
use crate::daemon::process::marker::Marker;
use crate::daemon::store::artifacts::Artifacts;
use crate::daemon::store::variables::Variables;
use crate::daemon::store::{Record, Release, Store};
use crate::error::UpError;
use crate::hash::Hash;
use crate::messages::iris::up::v1::{
    self as messages, Kind, PushEvent, PushRequest, State, push_event::Step,
};
use crate::name::AppName;
use futures_util::future::join_all;
use iris_core::{IntoIrisError, Stream};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// All apps, by their names.
#[derive(Debug)]
pub(crate) struct Apps {
    by_name: RwLock<BTreeMap<AppName, Arc<App>>>,
    store: Store,
    artifacts: Arc<Artifacts>,
    places: Places,
}

/// Where apps live, and how their processes are known.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    folder: PathBuf,
    marker: Marker,
    containment: Arc<Containment>,
}

/// What may be done with an app, step by step.
enum Change {
    Push(Box<Release>),
    RollBack(u64),
}

type Tell = mpsc::Sender<Result<PushEvent, UpError>>;

/// The steps of a change as they are done.
pub(crate) struct Progress(mpsc::Receiver<Result<PushEvent, UpError>>);

impl Stream for Progress {
    type Item = Result<PushEvent, UpError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

impl Places {
    fn app(&self, record: Record) -> App {
        let log = self
            .folder
            .join("logs")
            .join(format!("{}.log", record.name));
        App::new(record, Log::at(log))
    }
}

impl Apps {
    /// Those that are kept, and starts the ones that ran.
    pub(crate) async fn load(
        store: Store,
        artifacts: Arc<Artifacts>,
        folder: &Path,
        marker: Marker,
        containment: Arc<Containment>,
    ) -> Result<Arc<Apps>, Failure> {
        let places = Places {
            folder: folder.to_owned(),
            marker,
            containment,
        };
        let mut by_name = BTreeMap::new();
        for record in store.apps().await? {
            by_name.insert(record.name.clone(), Arc::new(places.app(record)));
        }
        let apps = Apps {
            by_name: RwLock::new(by_name),
            store,
            artifacts,
            places,
        };
        apps.end_leftovers(&apps.all()).await;
        for app in apps.all() {
            // What was killed stays so. A lambda waits for something to do.
            if app.runs_by_itself() {
                let begun = apps.begin(&app);
                begun.map_err(|error| Failure::during(app.name(), error.into_iris_error()))?;
            }
        }
        Ok(Arc::new(apps))
    }

    /// All of them, by their names, as others see them.
    pub(crate) fn list(&self) -> Vec<messages::App> {
        self.all().iter().map(|app| app.describe()).collect()
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

    /// Begins a push and gives what comes of it. The push goes on where nobody reads that.
    pub(crate) async fn push(self: Arc<Self>, request: PushRequest) -> Result<Progress, UpError> {
        let name = AppName::new(request.name.clone())?;
        let release = self.release(request).await?;
        Ok(self.change(name, Change::Push(Box::new(release))))
    }

    /// Begins to go back to a version, the one before the current one where it is 0.
    pub(crate) fn roll_back(
        self: Arc<Self>,
        name: &AppName,
        version: u64,
    ) -> Result<Progress, UpError> {
        self.find(name)?;
        Ok(self.change(name.clone(), Change::RollBack(version)))
    }

    /// The versions of an app, the latest first.
    pub(crate) async fn versions(&self, name: &AppName) -> Result<Vec<messages::Version>, UpError> {
        let current = self.find(name)?.version();
        let versions = self.store.versions(name).await?.into_iter();
        let described = versions.map(|(record, pushed)| messages::Version {
            version: record.version,
            kind: record.release.kind.into(),
            artifact: record.release.artifact.to_string(),
            settings: Some(record.release.settings),
            pushed: Some(prost_types::Timestamp {
                seconds: pushed,
                nanos: 0,
            }),
            current: Some(record.version) == current,
        });
        Ok(described.collect())
    }

    /// Begins a change, which is made after those before, to its end, whether or not anybody listens.
    fn change(self: Arc<Self>, name: AppName, change: Change) -> Progress {
        // Room for every step, so that it waits for no reader.
        let (tell, told) = mpsc::channel(8);
        tokio::spawn(async move {
            let turn = self
                .turn(|| match &change {
                    Change::Push(release) => Ok(self.of_name(&name, release)),
                    Change::RollBack(_) => self.find(&name),
                })
                .await;
            let made = match &turn {
                Ok((app, _)) => self.make(app, change, &tell).await,
                Err(_) => Err(UpError::UnknownApp(name.to_string())),
            };
            if let Err(error) = made {
                let _ = tell.send(Err(error)).await;
            }
            if let Ok((app, _)) = &turn
                && app.version().is_none()
            {
                // Its first version came to nothing.
                self.forget(app.name());
            }
        });
        Progress(told)
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

    async fn make(&self, app: &App, change: Change, tell: &Tell) -> Result<(), UpError> {
        let record = match change {
            Change::Push(release) => self.store.add(app.name(), &release).await?,
            Change::RollBack(version) => self.earlier(app, version).await?,
        };
        let tell = async |step: Step| {
            let event = PushEvent {
                step: step.into(),
                app: Some(app.describe()),
            };
            let _ = tell.send(Ok(event)).await;
        };
        tell(Step::Stored).await;
        let instance = self.launch(app, &record)?;
        tell(Step::Started).await;
        if let Err(why) = instance.ready().await {
            // It may go on trying for as long as it likes, but not here.
            instance.stop().await;
            return Err(UpError::NotStarted(why));
        }
        if let Err(failure) = self.store.run_version(&record).await {
            instance.stop().await;
            return Err(failure.into());
        }
        let old = app.switch(record, instance);
        tell(Step::Switched).await;
        if let Some(old) = old {
            old.stop().await;
        }
        tell(Step::Drained).await;
        Ok(())
    }

    /// A version that was pushed before.
    async fn earlier(&self, app: &App, version: u64) -> Result<Record, UpError> {
        let current = app.version().unwrap_or_default();
        let versions = self.store.versions(app.name()).await?;
        let mut records = versions.into_iter().map(|(record, _)| record);
        let wanted = records.find(|record| match version {
            0 => record.version < current,
            version => record.version == version,
        });
        wanted.ok_or_else(|| UpError::UnknownVersion(app.name().to_string()))
    }

    /// What a request asks for, where it can be had.
    async fn release(&self, request: PushRequest) -> Result<Release, UpError> {
        let kind = request.kind();
        if kind == Kind::Unspecified {
            return Err(UpError::InvalidKind);
        }
        let artifact = Hash::parse(&request.artifact)?;
        if !self.artifacts.find(&artifact).await?.complete {
            return Err(UpError::UnknownArtifact(artifact.to_string()));
        }
        let mut settings = request.settings.unwrap_or_default();
        Terms::of(&settings).map_err(UpError::InvalidSettings)?;
        let environment = Variables::new(request.environment);
        let environment = environment.map_err(UpError::InvalidSettings)?;
        settings.variables = environment.names();
        Ok(Release {
            kind,
            artifact,
            settings,
            environment,
        })
    }

    /// Starts an instance of what is kept.
    fn launch(&self, app: &App, record: &Record) -> Result<Arc<dyn Instance>, Failure> {
        let Places {
            marker,
            containment,
            ..
        } = &self.places;
        let release = &record.release;
        let (name, settings) = (&record.name, &release.settings);
        let held = containment.clone();
        let cell = Cell::new(held, name, record.version, record.number, settings)?;
        let launch = Launch {
            name: record.name.clone(),
            version: record.version,
            program: self.artifacts.path(&release.artifact),
            arguments: release.settings.arguments.clone(),
            environment: release.environment.clone(),
            cell,
            log: app.log().clone(),
            marker: marker.clone(),
        };
        Ok(instance::start(release.kind, launch, &release.settings))
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
    pub(crate) async fn start(&self, name: &AppName) -> Result<messages::App, UpError> {
        let (app, _turn) = self.turn(|| self.find(name)).await?;
        self.store.want(name, true).await?;
        if matches!(
            app.status().state,
            State::Failed | State::Waiting | State::Dead
        ) {
            app.end().await;
        }
        app.want();
        let instance = self.begin(&app)?;
        instance.ready().await.map_err(UpError::NotStarted)?;
        Ok(app.describe())
    }

    /// Ends an app until it is started.
    pub(crate) async fn kill(&self, name: &AppName) -> Result<messages::App, UpError> {
        let (app, _turn) = self.turn(|| self.find(name)).await?;
        self.store.want(name, false).await?;
        app.end().await;
        self.end_leftovers(std::slice::from_ref(&app)).await;
        Ok(app.describe())
    }

    /// Ends an app and forgets it.
    pub(crate) async fn remove(&self, name: &AppName) -> Result<(), UpError> {
        let (app, _turn) = self.turn(|| self.find(name)).await?;
        self.store.remove(name).await?;
        self.forget(name);
        app.end().await;
        self.end_leftovers(&[app]).await;
        Ok(())
    }

    /// What answers for the app of this name, entered.
    pub(crate) fn enter(&self, name: &AppName) -> Result<(Arc<dyn Instance>, Entered), UpError> {
        let app = self.find(name)?;
        loop {
            let instance = self.begin(&app)?;
            // One that is being stopped is the app's no longer, so that this comes to an end.
            if let Some(entered) = instance.enter() {
                return Ok((instance, entered));
            }
        }
    }

    /// The instance that answers for an app; a new one where it may run and does not.
    fn begin(&self, app: &App) -> Result<Arc<dyn Instance>, UpError> {
        app.instance_or(|record| self.launch(app, record))
    }

    /// Ends all of them.
    pub(crate) async fn stop(&self) {
        let apps = self.all();
        join_all(apps.iter().map(|app| app.end())).await;
    }
}
