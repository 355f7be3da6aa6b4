//! Artifacts: what apps are made of, uploaded once whatever it is called.

use crate::daemon::access::{Caller, may};
use crate::daemon::apps::Apps;
use crate::daemon::store::artifacts::Artifacts;
use crate::error::UpError;
use crate::hash::Hash;
use crate::messages::iris::up::v1::{Artifact, ArtifactRequest, Scope, UploadPart};
use iris_core::{IrisError, Streaming, remote};
use std::sync::Arc;

/// The artifacts of this box.
#[derive(Debug)]
pub struct ArtifactsRemote {
    pub(crate) artifacts: Arc<Artifacts>,
    pub(crate) apps: Arc<Apps>,
}

/// The artifacts of this box.
#[remote(package = "iris.up.v1", name = "Artifacts")]
impl ArtifactsRemote {
    /// How much of an artifact is here.
    #[procedure(idempotent, filters = [may(Scope::Deploy)])]
    async fn find(&self, _: &Caller, request: ArtifactRequest) -> Result<Artifact, UpError> {
        Ok(self.artifacts.find(&Hash::parse(&request.sha256)?).await?)
    }

    /// Takes an artifact, or the rest of one of which a part is here. It is there for good when this answers. What was sent
    /// before a caller went away stays, so that the upload can go on.
    #[procedure(filters = [may(Scope::Deploy)])]
    async fn upload(
        &self,
        _: &Caller,
        mut parts: Streaming<UploadPart>,
    ) -> Result<Artifact, IrisError> {
        let first = parts.next().await.ok_or(UpError::NothingSent)??;
        let hash = Hash::parse(&first.sha256).map_err(UpError::from)?;
        // It is not to be refused for want of room that what nobody needs takes.
        self.apps.tidy().await;
        let Some(mut upload) = self.artifacts.upload(&hash, first.offset).await? else {
            return Ok(self.artifacts.find(&hash).await.map_err(UpError::from)?);
        };
        upload.append(first.data).await?;
        while let Some(part) = parts.next().await {
            upload.append(part?.data).await?;
        }
        Ok(upload.finish().await?)
    }
}
