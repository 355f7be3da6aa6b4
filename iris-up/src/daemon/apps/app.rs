//! One app: what it is, and what answers for it.

use super::leaving::{Leaving, Left};
use super::trial::Trial;
use crate::daemon::instance::{Instance, Status};
use crate::daemon::process::log::Log;
use crate::daemon::store::Record;
use crate::daemon::typed::Descriptors;
use crate::daemon::usage::Processes;
use crate::error::UpError;
use crate::messages::iris::up::v1::{self as messages, Kind, Settings, State};
use crate::name::AppName;
use futures_util::future::join_all;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

/// An instance that is started.
type Started = Result<Arc<dyn Instance>, UpError>;

/// An instance that answers for an app, or why none does.
type Answering = Result<Arc<dyn Instance>, UpError>;

/// Whoever has it changes the app.
pub(crate) type Turn = OwnedMutexGuard<()>;

/// One app.
pub(crate) struct App {
    name: AppName,
    /// Whoever changes it waits for the changes before.
    turns: Arc<Turns<()>>,
    now: Mutex<Now>,
    log: Log,
    processes: Processes,
    /// How many requests and events came.
    requests: AtomicU64,
    leaving: Leaving,
}

struct Now {
    record: Record,
    instance: Option<Arc<dyn Instance>>,
    trial: Option<Trial>,
}

impl App {
    /// An app that does not run.
    pub(crate) fn new(record: Record, log: Log) -> App {
        App {
            log,
            processes: Processes::default(),
            requests: AtomicU64::new(0),
            leaving: Leaving::new(),
            name: record.name.clone(),
            turns: Arc::default(),
            now: Mutex::new(Now {
                record,
                instance: None,
                trial: None,
            }),
        }
    }

    pub(crate) fn name(&self) -> &AppName {
        &self.name
    }

    /// What its processes print.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Those of its processes that run.
    pub(crate) fn processes(&self) -> &Processes {
        &self.processes
    }

    /// One more request or event has come.
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// The version that runs, from 1; `None` before the first.
    pub(crate) fn version(&self) -> Option<u64> {
        let version = self.now().record.version;
        (version > 0).then_some(version)
    }

    /// The versions that answer for it: the one that runs, and the one that is tried.
    pub(crate) fn records(&self) -> Vec<Record> {
        let now = self.now();
        let tried = now.trial.as_ref().map(|trial| trial.record.clone());
        [now.record.clone()].into_iter().chain(tried).collect()
    }

    /// The number of its user.
    pub(crate) fn number(&self) -> u32 {
        self.now().record.number
    }

    /// Whether it runs without being asked for anything.
    pub(crate) fn runs_by_itself(&self) -> bool {
        let now = self.now();
        now.record.wanted && now.record.release.kind == Kind::Daemon && !now.record.rests()
    }

    /// Whether it is to run, or was killed.
    pub(super) fn is_wanted(&self) -> bool {
        self.now().record.wanted
    }

    /// Its name and its settings, where it is to run.
    pub(crate) fn wanted(&self) -> Option<(AppName, Settings)> {
        let now = self.now();
        let wanted = now.record.wanted && now.record.version > 0;
        wanted.then(|| (self.name.clone(), now.record.release.settings.clone()))
    }

    /// Those of the version that runs, or would.
    pub(crate) fn settings(&self) -> Settings {
        self.now().record.release.settings.clone()
    }

    /// # Errors
    ///
    /// Where it takes no events, since it is no lambda.
    pub(crate) fn takes_events(&self) -> Result<(), UpError> {
        match self.now().record.release.kind {
            Kind::Lambda => Ok(()),
            _ => Err(UpError::NoLambda(self.name.to_string())),
        }
    }

    /// Waits for whoever changes the app right now.
    pub(crate) async fn turn(&self) -> Turn {
        self.turns.clone().lock_owned().await
    }

    /// Waits until another version may be its own no longer.
    pub(super) async fn room_to_leave(&self) {
        self.leaving.room().await;
    }

    /// Whether there are such that have something under way.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.is_any()
    }

    /// These are its own no longer, and still have something under way.
    pub(super) fn leave(&self, instances: Vec<Arc<dyn Instance>>) -> Left<'_> {
        self.leaving.add(instances)
    }

    /// The instance that runs, or one that is started now.
    pub(crate) fn instance_or(&self, start: impl FnOnce(&Record) -> Started) -> Answering {
        let mut now = self.now();
        self.main_or(&mut now, start)
    }

    /// The one for what comes now: that of the version that is tried, where it is its turn.
    pub(crate) fn next_or(&self, start: impl FnOnce(&Record) -> Started) -> Answering {
        let mut now = self.now();
        let Now { record, trial, .. } = &mut *now;
        let trial = trial.as_mut().filter(|_| record.wanted);
        match trial.and_then(|trial| trial.is_next().then_some(trial)) {
            Some(trial) => tried_or(trial, start),
            None => self.main_or(&mut now, start),
        }
    }

    /// The one of this version, which is the app's or is tried.
    pub(crate) fn version_or(
        &self,
        version: u64,
        start: impl FnOnce(&Record) -> Started,
    ) -> Answering {
        let mut now = self.now();
        let Now { record, trial, .. } = &mut *now;
        let trial = trial.as_mut().filter(|_| record.wanted);
        match trial.filter(|trial| trial.record.version == version) {
            Some(trial) => tried_or(trial, start),
            None if record.version == version => self.main_or(&mut now, start),
            None => Err(UpError::UnknownVersion(self.name.to_string())),
        }
    }

    /// # Errors
    ///
    /// Where this is neither the version that runs nor the one that is tried.
    pub(crate) fn check_version(&self, version: Option<u64>) -> Result<(), UpError> {
        let now = self.now();
        let tried = now.trial.as_ref().map(|trial| trial.record.version);
        match version {
            Some(version) if version != now.record.version && Some(version) != tried => {
                Err(UpError::UnknownVersion(self.name.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn main_or(&self, now: &mut Now, start: impl FnOnce(&Record) -> Started) -> Answering {
        if let Some(instance) = &now.instance {
            return Ok(instance.clone());
        }
        if !now.record.wanted || now.record.version == 0 {
            return Err(match now.record.version {
                0 => UpError::NotYet(self.name.to_string()),
                _ => UpError::Killed(self.name.to_string()),
            });
        }
        let instance = start(&now.record)?;
        now.instance = Some(instance.clone());
        Ok(instance)
    }

    /// Goes over to a version, and gives the instances of those before. What was tried is tried no longer.
    pub(crate) fn switch(
        &self,
        record: Record,
        instance: Arc<dyn Instance>,
    ) -> Vec<Arc<dyn Instance>> {
        let mut now = self.now();
        now.record = record;
        let trial = now.trial.take().and_then(|trial| trial.instance);
        now.instance
            .replace(instance)
            .into_iter()
            .chain(trial)
            .collect()
    }

    /// Puts another instance of the version that runs in the place of the one that does, which it gives.
    pub(crate) fn replace(
        &self,
        record: Record,
        instance: Arc<dyn Instance>,
    ) -> Option<Arc<dyn Instance>> {
        let mut now = self.now();
        now.record = record;
        now.instance.replace(instance)
    }

    /// A version is tried from now on; gives the instance of one that was tried before.
    pub(crate) fn share(
        &self,
        record: Record,
        instance: Arc<dyn Instance>,
        percent: u32,
    ) -> Option<Arc<dyn Instance>> {
        let trial = Trial::new(record, Some(instance), percent);
        self.now().trial.replace(trial)?.instance
    }

    /// The same of one that is kept, and does not run.
    pub(crate) fn resume_trial(&self, record: Record, percent: u32) {
        self.now().trial = Some(Trial::new(record, None, percent));
    }

    /// The version that is tried, where one is.
    pub(crate) fn tried(&self) -> Option<Record> {
        self.now().trial.as_ref().map(|trial| trial.record.clone())
    }

    pub(crate) fn set_share(&self, percent: u32) {
        if let Some(trial) = &mut self.now().trial {
            trial.set_share(percent);
        }
    }

    /// Nothing is tried any more; gives the instance of what was.
    pub(crate) fn end_trial(&self) -> Option<Arc<dyn Instance>> {
        self.now().trial.take()?.instance
    }

    /// What is tried is what runs from now on; gives the instance of what ran.
    pub(crate) fn promote(&self) -> Option<Arc<dyn Instance>> {
        let mut now = self.now();
        let trial = now.trial.take()?;
        now.record = Record {
            wanted: true,
            ..trial.record
        };
        std::mem::replace(&mut now.instance, trial.instance)
    }

    /// It is to run from now on, and anew: gives the instance that does not run as it should.
    pub(super) fn want_anew(&self) -> Option<Arc<dyn Instance>> {
        let mut now = self.now();
        now.record.wanted = true;
        let fails = |instance: &Arc<dyn Instance>| {
            let state = instance.status().state;
            matches!(state, State::Failed | State::Waiting | State::Dead)
        };
        match now.instance.as_ref().is_some_and(fails) {
            true => now.instance.take(),
            false => None,
        }
    }

    /// It does not run from now on; its processes are gone then.
    pub(crate) async fn end(&self) {
        let instances = {
            let mut now = self.now();
            now.record.wanted = false;
            let trial = now.trial.as_mut().and_then(|trial| trial.instance.take());
            now.instance.take().into_iter().chain(trial)
        };
        join_all(instances.map(|instance| async move { instance.stop().await })).await;
        self.leaving.none().await;
    }

    pub(crate) fn status(&self) -> Status {
        let (instance, rests) = {
            let now = self.now();
            let rests = now.record.wanted && now.record.version > 0 && now.record.rests();
            (now.instance.clone(), rests)
        };
        match instance {
            Some(instance) => instance.status(),
            None if rests => Status::asleep(),
            None => Status::dead(),
        }
    }

    /// What it has to call, as far as it says.
    pub(crate) fn descriptors(&self) -> Arc<Descriptors> {
        let instance = self.now().instance.clone();
        instance.map_or_else(Arc::default, |instance| instance.descriptors())
    }

    /// As others see it.
    pub(crate) fn describe(&self) -> messages::App {
        let record = self.now().record.clone();
        let status = self.status();
        // Those of versions that come and go, and such as are about to end, are there as well. One that has ended counts until it
        // is known what comes of that.
        let processes = status.processes.max(self.processes.count());
        let reason = match (record.wanted, record.version) {
            (_, 0) => "its first version is not ready yet".to_owned(),
            (false, _) => "killed".to_owned(),
            (true, _) => status.reason,
        };
        messages::App {
            name: self.name.to_string(),
            kind: record.release.kind.into(),
            state: status.state.into(),
            reason,
            artifact: record.release.artifact.to_string(),
            version: record.version,
            settings: Some(record.release.settings),
            processes,
            restarts: status.restarts,
            services: self.descriptors().services().to_vec(),
            layers: Vec::new(),
            trial: self.now().trial.as_ref().map(Trial::describe),
        }
    }

    /// Neither value is ever half changed.
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tried_or(trial: &mut Trial, start: impl FnOnce(&Record) -> Started) -> Answering {
    if let Some(instance) = &trial.instance {
        return Ok(instance.clone());
    }
    let instance = start(&trial.record)?;
    trial.instance = Some(instance.clone());
    Ok(instance)
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("App").field(&self.name).finish()
    }
}
