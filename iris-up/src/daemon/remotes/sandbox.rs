//! What keeps apps where they belong.

use crate::daemon::access::{Caller, may};
use crate::daemon::containment::Containment;
use crate::error::UpError;
use crate::messages::iris::up::v1::{CheckResponse, Scope};
use iris_core::remote;
use std::sync::Arc;

/// What keeps the apps of this box where they belong.
#[derive(Debug)]
pub struct SandboxRemote(pub(crate) Arc<Containment>);

/// What keeps the apps of this box where they belong.
#[remote(package = "iris.up.v1", name = "Sandbox")]
impl SandboxRemote {
    /// What is enforced on this host for every app, what is not, and what to do about that.
    #[procedure(idempotent, filters = [may(Scope::Read)])]
    async fn check(&self, _: &Caller) -> Result<CheckResponse, UpError> {
        Ok(CheckResponse {
            layers: self.0.layers(None),
        })
    }
}
