//! Functions: events for lambdas, without HTTP.

use crate::daemon::apps::Apps;
use crate::error::UpError;
use crate::messages::iris::up::v1::{InvokeRequest, InvokeResponse};
use crate::name::AppName;
use iris_core::{Request, remote};
use std::sync::Arc;

/// The lambdas of this box.
#[derive(Debug)]
pub struct FunctionsRemote(pub(crate) Arc<Apps>);

/// The lambdas of this box.
#[remote(package = "iris.up.v1", name = "Functions")]
impl FunctionsRemote {
    /// Gives a function an event, and waits for what comes of it. A function that has the event and fails is an outcome, and
    /// no error.
    #[procedure]
    async fn invoke(&self, _: &Request, request: InvokeRequest) -> Result<InvokeResponse, UpError> {
        let name = AppName::new(request.name)?;
        let (instance, entered) = self.0.enter(&name)?;
        instance.invoke(entered, request.event).await
    }
}
