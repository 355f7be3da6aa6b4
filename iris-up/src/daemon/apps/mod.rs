//! The apps that there are.

mod app;

pub(crate) use app::App;

use crate::daemon::Failure;
use crate::daemon::instance::{self, Instance};
use crate::daemon::process::Launch;
use crate::daemon::process::log::Log;
use crate::daemon::process::marker::Marker;
use crate::daemon::store::artifacts::Artifacts;
use crate::daemon::store::hash::Hash;
use crate::daemon::store::{Record, Release, Store};
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    self as messages, Kind, PushEvent, PushRequest, State, push_event::Step,
};
use crate::name::AppName;
use futures_util::future::join_all;
use futures_util::stream;
use iris_core::{IntoIrisError, Stream};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
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
}

impl Apps {
    /// Those that are kept, and starts the ones that ran.
    pub(crate) async fn load(
        store: Store,
        artifacts: Arc<Artifacts>,
        folder: &Path,
        marker: Marker,
    ) -> Result<Arc<Apps>, Failure> {
        let places = Places {
            folder: folder.to_owned(),
            marker,
        };
        let mut by_name = BTreeMap::new();
        for record in store.apps().await? {
            by_name.insert(record.name.clone(), Arc::new(App::new(record)));
        }
        let apps = Apps {
            by_name: RwLock::new(by_name),
            store,
            artifacts,
            places,
        };
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

    /// Begins a push and gives what comes of it. The push goes on where nobody reads that.
    pub(crate) async fn push(
        self: Arc<Self>,
        request: PushRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = AppName::new(request.name.clone())?;
        let release = self.release(request).await?;
        // Room for every step, so that the push waits for no reader.
        let (tell, told) = mpsc::channel(8);
        tokio::spawn(async move {
            if let Err(error) = self.go_over(name, release, &tell).await {
                let _ = tell.send(Err(error)).await;
            }
        });
        Ok(stream::unfold(told, async |mut told| {
            let event = told.recv().await?;
            Some((event, told))
        }))
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
        Ok(Release {
            kind,
            artifact,
            settings: request.settings.unwrap_or_default(),
        })
    }

    /// Keeps a version, starts it, and goes over to it once it is ready.
    async fn go_over(
        &self,
        name: AppName,
        release: Release,
        tell: &mpsc::Sender<Result<PushEvent, UpError>>,
    ) -> Result<(), UpError> {
        let app = self.of_name(&name, &release);
        // One push after the other.
        let _turn = app.turn().await;
        let done = self.replace(&app, &release, tell).await;
        if app.version().is_none() {
            // Its first version came to nothing.
            self.forget(&name);
        }
        done
    }

    async fn replace(
        &self,
        app: &App,
        release: &Release,
        tell: &mpsc::Sender<Result<PushEvent, UpError>>,
    ) -> Result<(), UpError> {
        let tell = async |step: Step| {
            let event = PushEvent {
                step: step.into(),
                app: Some(app.describe()),
            };
            // Whether anybody listens does not matter.
            let _ = tell.send(Ok(event)).await;
        };
        let record = self.store.push(app.name(), release).await?;
        tell(Step::Stored).await;
        let instance = match self.launch(&record) {
            Ok(instance) => instance,
            Err(failure) => {
                self.store.revert(app.name(), app.version()).await?;
                return Err(failure.into());
            }
        };
        tell(Step::Started).await;
        if let Err(why) = instance.ready().await {
            // It may do what it does for as long as it likes, but not as this app.
            instance.stop().await;
            self.store.revert(app.name(), app.version()).await?;
            return Err(UpError::NotStarted(why));
        }
        let old = app.switch(record, instance);
        tell(Step::Switched).await;
        if let Some(old) = old {
            old.stop().await;
        }
        tell(Step::Drained).await;
        Ok(())
    }

    /// Starts an instance of what is kept.
    fn launch(&self, record: &Record) -> Result<Arc<dyn Instance>, Failure> {
        let Places { folder, marker } = &self.places;
        let name = record.name.as_str();
        let own = folder.join("apps").join(name);
        let logs = folder.join("logs");
        for folder in [&own, &logs] {
            std::fs::create_dir_all(folder).map_err(Failure::at(folder))?;
        }
        let release = &record.release;
        let launch = Launch {
            name: record.name.clone(),
            version: record.version,
            program: self.artifacts.path(&release.artifact),
            arguments: release.settings.arguments.clone(),
            folder: own,
            log: Log::at(logs.join(format!("{name}.log"))),
            marker: marker.clone(),
        };
        Ok(instance::start(release.kind, launch, &release.settings))
    }

    /// The app of a name, or a new one without a version.
    fn of_name(&self, name: &AppName, release: &Release) -> Arc<App> {
        let mut apps = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let app = apps.entry(name.clone());
        app.or_insert_with(|| {
            Arc::new(App::new(Record {
                name: name.clone(),
                version: 0,
                release: release.clone(),
                wanted: true,
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
        let app = self.find(name)?;
        let _turn = app.turn().await;
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
        let app = self.find(name)?;
        let _turn = app.turn().await;
        self.store.want(name, false).await?;
        app.end().await;
        Ok(app.describe())
    }

    /// Ends an app and forgets it.
    pub(crate) async fn remove(&self, name: &AppName) -> Result<(), UpError> {
        let app = self.find(name)?;
        let _turn = app.turn().await;
        self.store.remove(name).await?;
        self.forget(name);
        app.end().await;
        Ok(())
    }

    /// The instance that answers for an app; a new one where it may run and does not.
    ///
    /// # Errors
    ///
    /// [`UpError::Killed`].
    pub(crate) fn begin(&self, app: &App) -> Result<Arc<dyn Instance>, UpError> {
        app.instance_or(|record| self.launch(record))
    }

    /// Ends all of them.
    pub(crate) async fn stop(&self) {
        let apps = self.all();
        join_all(apps.iter().map(|app| app.end())).await;
    }
}
