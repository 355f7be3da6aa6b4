//! What is left on the disk of apps that are none any more: a daemon was killed as it removed one. Who comes next by that name is
//! not to find it.

use super::Places;
use crate::daemon::Failure;
use crate::name::AppName;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// What belongs to no app goes.
pub(super) async fn clear<App>(
    places: &Places,
    apps: &BTreeMap<AppName, App>,
) -> Result<(), Failure> {
    let is_known = |name: &str| AppName::new(name).is_ok_and(|name| apps.contains_key(&name));
    for kind in ["apps", "tmp"] {
        let folder = places.folder.join(kind);
        for name in names_in(&folder)? {
            if !is_known(&name) {
                places.trash.take(&folder.join(name))?;
            }
        }
    }
    let logs = places.folder.join("logs");
    for file in names_in(&logs)? {
        // `NAME.log`, or `NAME.log.1`; no name has a dot in it.
        let name = file.split('.').next().unwrap_or_default();
        if !is_known(name) {
            places.trash.take(&logs.join(&file))?;
        }
    }
    Ok(())
}

/// All that is in a folder; nothing where there is none.
fn names_in(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Failure::at(folder))?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names: io::Result<_> = names.collect();
    names.map_err(Failure::at(folder))
}
