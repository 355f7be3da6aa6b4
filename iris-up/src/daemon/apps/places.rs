//! Where apps live, and how their processes are known.

use super::App;
use crate::daemon::containment::Containment;
use crate::daemon::process::log::Log;
use crate::daemon::process::marker::Marker;
use crate::daemon::store::Record;
use crate::daemon::trash::Trash;
use crate::daemon::{Failure, Retention};
use crate::name::AppName;
use std::path::PathBuf;
use std::sync::Arc;

/// What all apps of a daemon have in common.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) folder: PathBuf,
    pub(crate) marker: Marker,
    pub(crate) containment: Arc<Containment>,
    pub(crate) trash: Trash,
    /// Where callers are known by their users.
    pub(crate) port: Option<u16>,
    pub(crate) retention: Retention,
}

impl Places {
    /// Removes what an app had on the disk.
    pub(super) async fn clear(&self, name: &AppName, log: &Log) -> Result<(), Failure> {
        log.remove().await?;
        for kind in ["apps", "tmp"] {
            let own = self.folder.join(kind).join(name.as_str());
            self.trash.take(&own)?;
        }
        Ok(())
    }

    pub(super) fn app(&self, record: Record) -> App {
        let log = self.log(&record.name);
        App::new(record, log)
    }

    pub(super) fn log(&self, name: &AppName) -> Log {
        Log::at(self.folder.join("logs").join(format!("{name}.log")))
    }
}
