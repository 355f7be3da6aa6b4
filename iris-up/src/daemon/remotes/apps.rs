//! Apps: pushing, listing, starting, killing and removing them.

use crate::daemon::access::{Caller, may};
use crate::daemon::apps::Apps;
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    App, AppRequest, DescriptorsResponse, EnvironmentRequest, ListResponse, LogLine, LogsRequest,
    PushEvent, PushRequest, RollbackRequest, Scope, TrafficRequest, UsageResponse,
    VersionsResponse,
};
use futures_util::StreamExt;
use iris_core::{Stream, remote};
use std::sync::Arc;

/// The apps of this box.
#[derive(Debug)]
pub struct AppsRemote(pub(crate) Arc<Apps>);

/// The apps of this box.
#[remote(package = "iris.up.v1", name = "Apps")]
impl AppsRemote {
    /// All apps that the caller may see, without the events of their schedules: those are told of one app alone.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn list(&self, caller: &Caller) -> Result<ListResponse, UpError> {
        let mut apps = self.0.list();
        apps.retain(|app| caller.sees(&app.name));
        Ok(ListResponse { apps })
    }

    /// One app, with what keeps it where it belongs.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn get(&self, caller: &Caller, request: AppRequest) -> Result<App, UpError> {
        self.0.describe(&caller.app(request.name)?)
    }

    /// Makes an artifact a new version of an app, and says how far that is. The version before goes on until the new one
    /// is ready. It happens whether or not the caller stays.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn push(
        &self,
        caller: &Caller,
        request: PushRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = caller.app(request.name.clone())?;
        self.0.clone().push(name, request).await
    }

    /// The versions of an app, the latest first.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn versions(
        &self,
        caller: &Caller,
        request: AppRequest,
    ) -> Result<VersionsResponse, UpError> {
        Ok(VersionsResponse {
            versions: self.0.versions(&caller.app(request.name)?).await?,
        })
    }

    /// What describes the services of an app, for whoever wants to call them. It is empty where the app does not say. One that
    /// sleeps is woken: it alone knows.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn descriptors(
        &self,
        caller: &Caller,
        request: AppRequest,
    ) -> Result<DescriptorsResponse, UpError> {
        let name = caller.app(request.name)?;
        Ok(DescriptorsResponse {
            descriptors: self.0.descriptors(&name).await?.set().into(),
        })
    }

    /// Goes back to a version that was pushed before, as a push goes to a new one.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn rollback(
        &self,
        caller: &Caller,
        request: RollbackRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = caller.app(request.name)?;
        self.0.clone().roll_back(&name, request.version)
    }

    /// Starts an app anew, as a push goes over to a new version: what runs goes on until that is ready.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn restart(
        &self,
        caller: &Caller,
        request: AppRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        self.0.clone().restart(&caller.app(request.name)?)
    }

    /// Sets variables in the environment of an app, and takes others away: in a new version, to which it goes over as a push does.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn set_environment(
        &self,
        caller: &Caller,
        request: EnvironmentRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = caller.app(request.name.clone())?;
        self.0.clone().set_environment(&name, request)
    }

    /// What apps use right now: all that the caller may see.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn usage(&self, caller: &Caller) -> Result<UsageResponse, UpError> {
        Ok(UsageResponse {
            apps: self.0.usage(|name| caller.sees(name)).await?,
        })
    }

    /// Gives the version that is tried another share of what comes: all of it makes it the one that runs, nothing ends the
    /// trial.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn traffic(
        &self,
        caller: &Caller,
        request: TrafficRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = caller.app(request.name)?;
        self.0.clone().share(&name, request.percent)
    }

    /// What the processes of an app printed, and print. Where lines come faster than they are read some are left out, which
    /// a line of the stream `iris-up` says.
    #[procedure(filters = [may(Scope::Read)])]
    async fn logs(
        &self,
        caller: &Caller,
        request: LogsRequest,
    ) -> Result<impl Stream<Item = Result<LogLine, UpError>> + use<>, UpError> {
        let app = self.0.find(&caller.app(request.name)?)?;
        let lines = app
            .log()
            .lines(request.lines as usize, request.follow)
            .await?;
        // Whoever follows does not hold up the daemon's end.
        Ok(lines.map(Ok).take_until(caller.stopping()))
    }

    /// Starts an app that is dead, waits or has failed; one that runs goes on. It is ready when this answers.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn start(&self, caller: &Caller, request: AppRequest) -> Result<App, UpError> {
        self.0.clone().start(caller.app(request.name)?).await
    }

    /// Lets an app finish what it has to do, and ends it until it is started. Its processes are gone when this answers.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn kill(&self, caller: &Caller, request: AppRequest) -> Result<App, UpError> {
        self.0.clone().kill(caller.app(request.name)?).await
    }

    /// Kills an app, and forgets it with all that it had: versions, log, folder.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn remove(&self, caller: &Caller, request: AppRequest) -> Result<(), UpError> {
        self.0.clone().remove(caller.app(request.name)?).await
    }
}
