//! Apps as others see them.

use super::Apps;
use super::claims::{claims_of, fill_in};
use crate::daemon::Failure;
use crate::daemon::containment::terms::Terms;
use crate::daemon::usage;
use crate::error::UpError;
use crate::messages::iris::up::v1 as messages;
use crate::name::AppName;

impl Apps {
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

    /// One of them, with what keeps it where it belongs.
    pub(crate) fn describe(&self, name: &AppName) -> Result<messages::App, UpError> {
        let mut app = self.find(name)?.describe();
        let settings = app.settings.clone().unwrap_or_default();
        let terms = Terms::of(&settings).map_err(UpError::InvalidSettings)?;
        app.layers = self.places.containment.layers(Some(&terms));
        fill_in(&mut app, &claims_of(&self.services()));
        Ok(app)
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
}
