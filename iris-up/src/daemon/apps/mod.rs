//! The apps that there are.
//!
//! | to read | |
//! |---|---|
//! | `app` | one of them |
//! | `places` | where they live, and how their processes are known |
//! | `load` | what is kept, as a daemon starts |
//! | `shown` | what others see of them |
//! | `release` | from what is pushed to an instance |
//! | `change` | another version, step by step |
//! | `trial`, `leaving` | versions beside the one that runs: before it, and after it |
//! | `lifecycle` | started, killed, removed |
//! | `answering` | what answers for one |
//! | `claims` | which of them is called by which service |

mod answering;
mod app;
mod change;
mod claims;
mod leaving;
mod lifecycle;
mod load;
mod places;
mod release;
mod shown;
mod trial;

pub(crate) use app::App;
use app::Turn;
pub(crate) use places::Places;

use crate::daemon::Failure;
use crate::daemon::store::artifacts::Artifacts;
use crate::daemon::store::{Record, Release, Store};
use crate::error::UpError;
use crate::messages::iris::up::v1::Settings;
use crate::name::AppName;
use std::collections::{BTreeMap, HashMap};
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

/// Does work to its end, whether or not whoever asked for it stays.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, UpError>> + Send + 'static,
) -> Result<T, UpError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(panicked) => Err(Failure::during("work that goes on by itself", panicked).into()),
    }
}

impl Apps {
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
}
