//! Apps: pushing, listing, starting, killing and removing them.

use crate::daemon::apps::Apps;
use crate::error::UpError;
use crate::messages::iris::up::v1::{
    App, AppRequest, ListResponse, LogLine, LogsRequest, PushEvent, PushRequest, RollbackRequest,
    VersionsResponse,
};
use crate::name::AppName;
use futures_util::StreamExt;
use iris_core::{Request, Stream, remote};
use std::sync::Arc;

/// The apps of this box.
#[derive(Debug)]
pub struct AppsRemote(pub(crate) Arc<Apps>);

/// The apps of this box.
#[remote(package = "iris.up.v1", name = "Apps")]
impl AppsRemote {
    /// All apps.
    #[procedure(idempotent)]
    async fn list(&self, _: &Request) -> Result<ListResponse, UpError> {
        Ok(ListResponse {
            apps: self.0.list(),
        })
    }

    /// One app, with what keeps it where it belongs.
    #[procedure(idempotent)]
    async fn get(&self, _: &Request, request: AppRequest) -> Result<App, UpError> {
        self.0.describe(&AppName::new(request.name)?)
    }

    /// Makes an artifact a new version of an app, and says how far that is. The version before goes on until the new one
    /// is ready. It happens whether or not the caller stays.
    #[procedure]
    async fn push(
        &self,
        _: &Request,
        request: PushRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        self.0.clone().push(request).await
    }

    /// The versions of an app, the latest first.
    #[procedure(idempotent)]
    async fn versions(
        &self,
        _: &Request,
        request: AppRequest,
    ) -> Result<VersionsResponse, UpError> {
        Ok(VersionsResponse {
            versions: self.0.versions(&AppName::new(request.name)?).await?,
        })
    }

    /// Goes back to a version that was pushed before, as a push goes to a new one.
    #[procedure]
    async fn rollback(
        &self,
        _: &Request,
        request: RollbackRequest,
    ) -> Result<impl Stream<Item = Result<PushEvent, UpError>> + use<>, UpError> {
        let name = AppName::new(request.name)?;
        self.0.clone().roll_back(&name, request.version)
    }

    /// What the processes of an app printed, and print. Where lines come faster than they are read some are left out, which
    /// a line of the stream `iris-up` says.
    #[procedure]
    async fn logs(
        &self,
        _: &Request,
        request: LogsRequest,
    ) -> Result<impl Stream<Item = Result<LogLine, UpError>> + use<>, UpError> {
        let app = self.0.find(&AppName::new(request.name)?)?;
        let lines = app.log().lines(request.lines as usize, request.follow);
        Ok(lines.await?.map(Ok))
    }

    /// Starts an app that is dead, waits or has failed; one that runs goes on. It is ready when this answers.
    #[procedure]
    async fn start(&self, _: &Request, request: AppRequest) -> Result<App, UpError> {
        self.0.start(&AppName::new(request.name)?).await
    }

    /// Lets an app finish what it has to do, and ends it until it is started. Its processes are gone when this answers.
    #[procedure]
    async fn kill(&self, _: &Request, request: AppRequest) -> Result<App, UpError> {
        self.0.kill(&AppName::new(request.name)?).await
    }

    /// Kills an app and forgets it.
    #[procedure]
    async fn remove(&self, _: &Request, request: AppRequest) -> Result<(), UpError> {
        self.0.remove(&AppName::new(request.name)?).await
    }
}
