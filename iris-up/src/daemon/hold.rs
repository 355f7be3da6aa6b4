//! A folder is one daemon's.

use super::Failure;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::path::Path;

/// Nobody else has the folder for as long as this exists. The system lets go of it where the daemon is killed.
#[derive(Debug)]
pub(super) struct Hold(#[expect(dead_code, reason = "held until it is dropped")] File);

impl Hold {
    /// # Errors
    ///
    /// Where another daemon has it.
    pub(super) fn of(folder: &Path) -> Result<Hold, Failure> {
        let path = folder.join("daemon.lock");
        let file = File::create(&path).map_err(Failure::at(&path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Hold(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Failure::during(
                folder.display(),
                "another daemon runs with this folder",
            )),
            Err(error) => Err(Failure::at(&path)(error)),
        }
    }
}
