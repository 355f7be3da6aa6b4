//! Which app is called by which service.

use super::{App, Apps};
use crate::daemon::Failure;
use crate::messages::iris::up::v1 as messages;
use crate::name::AppName;
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

impl Apps {
    /// The app that is called by this service: the first that served it.
    pub(crate) fn serving(&self, service: &str) -> Option<AppName> {
        self.services().get(service).cloned()
    }

    /// An app serves what it says from now on, as far as no other does. It runs all the same where the registry does not take that.
    pub(super) async fn claim(&self, app: &App) {
        let descriptors = app.descriptors();
        if descriptors.services().is_empty() {
            return;
        }
        let others = {
            let _claiming = self.claiming.lock().await;
            let services = descriptors.services().to_vec();
            match self.store.claim(app.name(), services).await {
                Ok(claims) => {
                    let others = taken(&claims, descriptors.services(), app.name());
                    *self.services() = claims;
                    others
                }
                Err(failure) => {
                    tracing::error!(app = %app.name(), %failure, "an app is not called by its services");
                    return;
                }
            }
        };
        for (service, other) in others {
            let note = format!("{service} is called at the app {other}, which served it first");
            app.log().note(&note).await;
        }
    }

    /// What an app served that was removed may be another's that runs.
    pub(super) async fn give_up_claims(&self, name: &AppName) -> Result<(), Failure> {
        let given_up: Vec<String> = {
            let _claiming = self.claiming.lock().await;
            let claims = self.store.claims().await?;
            let before = std::mem::replace(&mut *self.services(), claims);
            let own = before.into_iter().filter(|(_, owner)| owner == name);
            own.map(|(service, _)| service).collect()
        };
        for other in self.all() {
            let descriptors = other.descriptors();
            let mut services = descriptors.services().iter();
            if services.any(|service| given_up.contains(service)) {
                self.claim(&other).await;
            }
        }
        Ok(())
    }

    /// No claim is ever half changed.
    pub(super) fn services(&self) -> MutexGuard<'_, HashMap<String, AppName>> {
        self.by_service
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which of these services are another app's.
fn taken(
    claims: &HashMap<String, AppName>,
    services: &[String],
    own: &AppName,
) -> Vec<(String, AppName)> {
    let claims = services
        .iter()
        .filter_map(|service| claims.get_key_value(service));
    let others = claims.filter(|(_, other)| *other != own);
    others
        .map(|(service, other)| (service.clone(), other.clone()))
        .collect()
}

/// The services that each app is called by.
pub(super) fn claims_of(services: &HashMap<String, AppName>) -> HashMap<&str, Vec<&str>> {
    let mut claims = HashMap::<&str, Vec<&str>>::new();
    for (service, app) in services {
        claims.entry(app.as_str()).or_default().push(service);
    }
    claims
}

/// An app that does not run says nothing, and is called by the services that it said before.
pub(super) fn fill_in(app: &mut messages::App, claims: &HashMap<&str, Vec<&str>>) {
    if app.services.is_empty()
        && let Some(claimed) = claims.get(app.name.as_str())
    {
        app.services = claimed.iter().map(ToString::to_string).collect();
        app.services.sort_unstable();
    }
}
