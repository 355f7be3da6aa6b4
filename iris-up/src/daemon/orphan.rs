//! What a daemon has left behind that was killed, and whose folder no other will have: one that was to be gone with it.

use super::Failure;
use super::containment::{Containment, SandboxSettings};
use super::hold::Hold;
use super::process::marker::Marker;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file in folders that are to be gone with their daemon. Whoever keeps something in another has not asked for that.
const MARK: &str = "temporary";

/// Says of the folder of a daemon that runs that it is to be gone with it.
///
/// # Errors
///
/// Where that cannot be written.
pub(crate) fn mark(folder: &Path) -> Result<(), Failure> {
    let mark = folder.join(MARK);
    File::create(&mark).map_err(Failure::at(&mark))?;
    Ok(())
}

/// Ends the processes that the daemon with this folder has left, by its groups and by what stands in their environment, and
/// removes the folder. `false` where there is nothing to do:
/// it is another user's, is not marked, or a daemon has it.
///
/// # Errors
///
/// What of it could not be ended or removed.
pub(crate) async fn remove(folder: &Path) -> Result<bool, Failure> {
    // What stands in a folder of another user's is what he likes, and it would be believed.
    let own = fs::symlink_metadata(folder)
        .is_ok_and(|folder| folder.is_dir() && folder.uid() == rustix::process::geteuid().as_raw());
    if !own || !folder.join(MARK).exists() {
        return Ok(false);
    }
    let Ok(folder) = &fs::canonicalize(folder) else {
        return Ok(false);
    };
    let Ok(_hold) = Hold::of(folder) else {
        return Ok(false);
    };
    Marker::of(folder).end_all().await?;
    // Groups are swept where it is opened. Users are not: where there are no groups, another daemon's apps have the same.
    let containment = Containment::open(folder, SandboxSettings::default()).await?;
    containment.close().await;
    fs::remove_dir_all(folder).map_err(Failure::at(folder))?;
    Ok(true)
}
