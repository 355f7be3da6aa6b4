//! Whether an app runs, and whether there is one.

use super::{Apps, to_its_end};
use crate::daemon::Failure;
use crate::error::UpError;
use crate::messages::iris::up::v1 as messages;
use crate::name::AppName;
use std::sync::Arc;

impl Apps {
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
    pub(super) async fn collect(&self) -> Result<(), Failure> {
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
}
