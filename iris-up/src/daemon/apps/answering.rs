//! What answers for an app.

use super::{App, Apps};
use crate::daemon::gate::Entered;
use crate::daemon::instance::Instance;
use crate::daemon::store::Record;
use crate::daemon::typed::Descriptors;
use crate::error::UpError;
use crate::name::AppName;
use std::sync::Arc;

impl Apps {
    /// What answers for the app of this name, entered: for this version, or for the one whose turn it is.
    pub(crate) fn enter(
        &self,
        name: &AppName,
        version: Option<u64>,
    ) -> Result<(Arc<dyn Instance>, Entered), UpError> {
        let app = self.find(name)?;
        let start = |record: &Record| self.launch(&app, record);
        let entered = entered(|| match version {
            Some(version) => app.version_or(version, start),
            None => app.next_or(start),
        })?;
        app.count_request();
        Ok(entered)
    }

    /// The instance that answers for an app; a new one where it may run and does not.
    pub(super) fn begin(&self, app: &App) -> Result<Arc<dyn Instance>, UpError> {
        app.instance_or(|record| self.launch(app, record))
    }

    /// What the version of an app that runs has to call. One that sleeps, or was not asked for anything yet, is woken: it alone
    /// knows. That is no request, and takes none from a version that is tried.
    pub(crate) async fn descriptors(&self, name: &AppName) -> Result<Arc<Descriptors>, UpError> {
        let app = self.find(name)?;
        let known = app.descriptors();
        if !known.services().is_empty() || app.takes_events().is_ok() {
            return Ok(known);
        }
        let (instance, _entered) = entered(|| self.begin(&app))?;
        instance.answers().await.map_err(UpError::NotStarted)?;
        Ok(instance.descriptors())
    }
}

/// What answers, entered, once that lets somebody in.
fn entered(
    answering: impl Fn() -> Result<Arc<dyn Instance>, UpError>,
) -> Result<(Arc<dyn Instance>, Entered), UpError> {
    loop {
        let instance = answering()?;
        // One that is being stopped is the app's no longer, so that this comes to an end.
        if let Some(entered) = instance.enter() {
            return Ok((instance, entered));
        }
    }
}
