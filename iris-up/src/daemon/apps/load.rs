//! From what is kept to apps that run, as a daemon starts, and their end with it.

use super::{App, Apps, Places};
use crate::daemon::Failure;
use crate::daemon::store::Store;
use crate::daemon::store::artifacts::Artifacts;
use futures_util::future::join_all;
use iris_core::IntoIrisError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::watch;

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

    /// Ends what is left of apps of which no process is to run.
    pub(super) async fn end_leftovers(&self, apps: &[Arc<App>]) {
        let Places {
            containment,
            marker,
            ..
        } = &self.places;
        let numbers = apps.iter().map(|app| app.number());
        containment.end_leftovers(numbers, marker).await;
    }

    /// Ends all of them.
    pub(crate) async fn stop(&self) {
        let apps = self.all();
        join_all(apps.iter().map(|app| app.end())).await;
    }
}
