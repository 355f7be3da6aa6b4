//! From what somebody pushes to an instance of it.

use super::{App, Apps};
use crate::daemon::Failure;
use crate::daemon::containment::cell::Cell;
use crate::daemon::containment::terms::Terms;
use crate::daemon::events::schedule;
use crate::daemon::instance::{self, Instance};
use crate::daemon::process::Launch;
use crate::daemon::store::variables::Variables;
use crate::daemon::store::{Record, Release};
use crate::error::UpError;
use crate::hash::Hash;
use crate::messages::iris::up::v1::{Kind, PushRequest};
use std::sync::Arc;

impl Apps {
    /// What a request asks for, where it can be had.
    pub(super) async fn release(&self, request: PushRequest) -> Result<Release, UpError> {
        let kind = request.kind();
        if kind == Kind::Unspecified {
            return Err(UpError::InvalidKind);
        }
        let mut settings = request.settings.unwrap_or_default();
        instance::check(kind, &settings).map_err(UpError::InvalidSettings)?;
        schedule::check(&settings).map_err(UpError::InvalidSettings)?;
        let artifact = Hash::parse(&request.artifact)?;
        if !self.artifacts.find(&artifact).await?.complete {
            return Err(UpError::UnknownArtifact(artifact.to_string()));
        }
        let terms = Terms::of(&settings).map_err(UpError::InvalidSettings)?;
        let permitted = self.places.containment.permit(&terms, self.places.port);
        permitted.map_err(UpError::InvalidSettings)?;
        let environment = Variables::new(request.environment);
        let environment = environment.map_err(UpError::InvalidSettings)?;
        settings.variables = environment.names();
        // Last: what is refused leaves nothing on the disk.
        self.artifacts.unpack(&artifact, &settings.entry).await?;
        Ok(Release {
            kind,
            artifact,
            settings,
            environment,
        })
    }

    /// Sees to it that what a version is made of is there: of an archive only that is kept, and what it has in it is made of it
    /// again where somebody has removed that.
    pub(super) async fn unpack(&self, record: &Record) -> Result<(), UpError> {
        let Release {
            artifact, settings, ..
        } = &record.release;
        self.artifacts.unpack(artifact, &settings.entry).await
    }

    /// Starts an instance of what is kept.
    pub(super) fn launch(&self, app: &App, record: &Record) -> Result<Arc<dyn Instance>, UpError> {
        let containment = &self.places.containment;
        let release = &record.release;
        let (name, settings) = (&record.name, &release.settings);
        let held = containment.clone();
        let cell = Cell::new(held, name, record.number, settings)?;
        let launch = Launch {
            name: record.name.clone(),
            version: record.version,
            program: self.artifacts.program(&release.artifact, &settings.entry)?,
            arguments: release.settings.arguments.clone(),
            environment: release.environment.clone(),
            cell,
            log: app.log().clone(),
            marker: self.places.marker.clone(),
            processes: app.processes().clone(),
        };
        let started = instance::start(release.kind, launch, &release.settings);
        Ok(started.map_err(|why| Failure::during(&record.name, why))?)
    }
}
