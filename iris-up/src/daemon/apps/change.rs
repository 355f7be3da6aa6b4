//! Changes of an app, step by step: a push, a way back, a fresh start, a share of what comes for a new version.

use super::{App, Apps};
use crate::daemon::instance::Instance;
use crate::daemon::store::artifacts::Lease;
use crate::daemon::store::{Record, Release};
use crate::error::UpError;
use crate::messages::iris::up::v1::{EnvironmentRequest, PushEvent, PushRequest, push_event::Step};
use crate::name::AppName;
use iris_core::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// All of what comes, in percent.
const ALL: u32 = 100;

/// What may be done with an app.
enum Change {
    /// With what keeps its artifact from being collected until the registry does, and how much of what comes it gets.
    Push(Box<Release>, Lease, u32),
    RollBack(u64),
    /// To the version that it has.
    Restart,
    /// To a version that differs in its variables.
    Environment(EnvironmentRequest),
    /// The new version gets so much of what comes; all of it, or nothing, ends the trial.
    Traffic(u32),
}

/// Instances that are an app's no longer.
type Old = Vec<Arc<dyn Instance>>;

/// Who is told of each step.
struct Tell<'a>(mpsc::Sender<Result<PushEvent, UpError>>, &'a App);

/// The steps of a change as they are done.
pub(crate) struct Progress(mpsc::Receiver<Result<PushEvent, UpError>>);

impl Stream for Progress {
    type Item = Result<PushEvent, UpError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

impl Tell<'_> {
    async fn of(&self, step: Step) {
        let event = PushEvent {
            step: step.into(),
            app: Some(self.1.describe()),
        };
        // The change goes on where nobody listens.
        let _ = self.0.send(Ok(event)).await;
    }
}

impl Apps {
    /// Begins a push and gives what comes of it. The push goes on where nobody reads that.
    pub(crate) async fn push(
        self: Arc<Self>,
        name: AppName,
        request: PushRequest,
    ) -> Result<Progress, UpError> {
        let percent = match request.traffic {
            0 => ALL,
            percent => checked(percent)?,
        };
        let lease = self.artifacts.lease().await;
        let release = self.release(request).await?;
        Ok(self.change(name, Change::Push(Box::new(release), lease, percent)))
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

    /// Begins to start an app anew, as a push goes over to a new version: what runs goes on until that is ready.
    pub(crate) fn restart(self: Arc<Self>, name: &AppName) -> Result<Progress, UpError> {
        self.find(name)?;
        Ok(self.change(name.clone(), Change::Restart))
    }

    /// Begins to go over to a version with other variables in its environment, and nothing else that is new.
    pub(crate) fn set_environment(
        self: Arc<Self>,
        name: &AppName,
        request: EnvironmentRequest,
    ) -> Result<Progress, UpError> {
        self.find(name)?;
        Ok(self.change(name.clone(), Change::Environment(request)))
    }

    /// Begins to give the version that is tried so much of what comes, in percent.
    pub(crate) fn share(
        self: Arc<Self>,
        name: &AppName,
        percent: u32,
    ) -> Result<Progress, UpError> {
        self.find(name)?;
        Ok(self.change(name.clone(), Change::Traffic(checked(percent)?)))
    }

    /// Begins a change, which is made after those before, to its end, whether or not anybody listens.
    fn change(self: Arc<Self>, name: AppName, change: Change) -> Progress {
        // Room for every step, so that it waits for no reader.
        let (tell, told) = mpsc::channel(8);
        tokio::spawn(async move {
            let turn = self
                .turn(|| match &change {
                    Change::Push(release, ..) => Ok(self.of_name(&name, release)),
                    _ => self.find(&name),
                })
                .await;
            let Ok((app, turn)) = turn else {
                let unknown = UpError::UnknownApp(name.to_string());
                let _ = tell.send(Err(unknown)).await;
                return;
            };
            app.room_to_leave().await;
            let told = Tell(tell.clone(), &app);
            let made = self.make(&app, change, &told).await;
            if app.version().is_none()
                && let Err(failure) = self.nothing_came_of(&app).await
            {
                tracing::error!(app = %app.name(), %failure, "something of its first version stays");
            }
            match made {
                Ok(old) => {
                    let old = app.leave(old);
                    drop(turn);
                    old.stop().await;
                    told.of(Step::Drained).await;
                }
                Err(error) => {
                    // Whoever pushes keeps artifacts from being collected while he waits for his turn.
                    drop(turn);
                    let _ = tell.send(Err(error)).await;
                }
            }
            drop(told);
            drop(app);
            // Nobody waits for what comes now.
            drop(tell);
            self.tidy().await;
        });
        Progress(told)
    }

    /// Makes a change, and gives the instances that are the app's no longer.
    async fn make(&self, app: &App, change: Change, tell: &Tell<'_>) -> Result<Old, UpError> {
        let (record, percent) = match change {
            Change::Push(_, _, percent) if percent < ALL && app.version().is_none() => {
                let why = "the first version of an app gets all of what comes";
                return Err(UpError::InvalidSettings(why.to_owned()));
            }
            // What is tried runs beside what does.
            Change::Push(_, _, percent) if percent < ALL && !app.is_wanted() => {
                return Err(UpError::Killed(app.name().to_string()));
            }
            Change::Push(release, _lease, percent) => {
                let kept = self.places.retention.versions;
                let record = self.store.add(app.name(), &release, kept).await?;
                (record, percent)
            }
            Change::RollBack(version) => (self.earlier(app, version).await?, ALL),
            Change::Environment(request) => (self.with_variables(app, request).await?, ALL),
            Change::Restart => return self.start_anew(app, tell).await,
            Change::Traffic(percent) => return self.divide(app, percent, tell).await,
        };
        tell.of(Step::Stored).await;
        let instance = self.ready(app, &record, tell).await?;
        if percent < ALL {
            let kept = self
                .store
                .share(app.name(), Some((record.version, percent)));
            if let Err(failure) = kept.await {
                instance.stop().await;
                return Err(failure.into());
            }
            let old = app.share(record, instance, percent);
            tell.of(Step::Shared).await;
            Ok(old.into_iter().collect())
        } else {
            if let Err(failure) = self.store.run_version(&record).await {
                instance.stop().await;
                return Err(failure.into());
            }
            let old = app.switch(record, instance);
            self.claim(app).await;
            self.changed.send_replace(());
            tell.of(Step::Switched).await;
            Ok(old)
        }
    }

    /// An instance that is ready.
    async fn ready(
        &self,
        app: &App,
        record: &Record,
        tell: &Tell<'_>,
    ) -> Result<Arc<dyn Instance>, UpError> {
        self.unpack(record).await?;
        let instance = self.launch(app, record)?;
        tell.of(Step::Started).await;
        if let Err(why) = instance.ready().await {
            // It may go on trying for as long as it likes, but not here.
            instance.stop().await;
            return Err(UpError::NotStarted(why));
        }
        Ok(instance)
    }

    async fn start_anew(&self, app: &App, tell: &Tell<'_>) -> Result<Old, UpError> {
        let record = self.earlier(app, app.version().unwrap_or_default()).await?;
        let instance = self.ready(app, &record, tell).await?;
        if let Err(failure) = self.store.want(app.name(), true).await {
            instance.stop().await;
            return Err(failure.into());
        }
        let old = app.replace(record, instance);
        self.claim(app).await;
        self.changed.send_replace(());
        tell.of(Step::Switched).await;
        Ok(old.into_iter().collect())
    }

    /// The version that is tried gets so much, all, or nothing.
    async fn divide(&self, app: &App, percent: u32, tell: &Tell<'_>) -> Result<Old, UpError> {
        let Some(tried) = app.tried() else {
            return Err(UpError::NothingTried(app.name().to_string()));
        };
        let old = match percent {
            0 => {
                self.store.share(app.name(), None).await?;
                app.end_trial()
            }
            ALL => {
                self.store.run_version(&tried).await?;
                let old = app.promote();
                self.claim(app).await;
                old
            }
            percent => {
                let share = Some((tried.version, percent));
                self.store.share(app.name(), share).await?;
                app.set_share(percent);
                None
            }
        };
        self.changed.send_replace(());
        tell.of(match percent {
            0 | ALL => Step::Switched,
            _ => Step::Shared,
        })
        .await;
        Ok(old.into_iter().collect())
    }

    /// Forgets an app whose first version did not get ready.
    async fn nothing_came_of(&self, app: &App) -> Result<(), crate::daemon::Failure> {
        self.store.remove(app.name()).await?;
        self.places.clear(app.name(), app.log()).await?;
        self.forget(app.name());
        Ok(())
    }

    /// A new version, as the one that runs but for its variables.
    async fn with_variables(
        &self,
        app: &App,
        request: EnvironmentRequest,
    ) -> Result<Record, UpError> {
        let current = app.version().unwrap_or_default();
        let mut release = self.earlier(app, current).await?.release;
        let changed = release.environment.changed(request.set, &request.unset);
        release.environment = changed.map_err(UpError::InvalidSettings)?;
        release.settings.variables = release.environment.names();
        let kept = self.places.retention.versions;
        Ok(self.store.add(app.name(), &release, kept).await?)
    }

    /// A version that was pushed before; the last before the current one that was ever gone over to, where it is 0.
    async fn earlier(&self, app: &App, version: u64) -> Result<Record, UpError> {
        let current = app.version().unwrap_or_default();
        let versions = self.store.versions(app.name()).await?;
        let mut versions = versions.into_iter();
        let wanted = versions.find(|kept| match version {
            0 => kept.record.version < current && kept.ran,
            version => kept.record.version == version,
        });
        let wanted = wanted.map(|kept| kept.record);
        wanted.ok_or_else(|| UpError::UnknownVersion(app.name().to_string()))
    }
}

fn checked(percent: u32) -> Result<u32, UpError> {
    match percent <= ALL {
        true => Ok(percent),
        false => Err(UpError::InvalidSettings(format!(
            "traffic is from 0 to {ALL} percent"
        ))),
    }
}
