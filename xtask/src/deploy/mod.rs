//! `cargo xtask deploy`: what docs/deploying.md says to install, tried as far as one machine can: the unit by systemd's own
//! check, the image without a container's runtime.

mod containerfile;
mod image;
mod unit;

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use std::fs;
use std::path::Path;

/// What an administrator is told to do.
const GUIDE: &str = "docs/deploying.md";

/// Tries the one that is named, or both.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            unit::check(workspace)?;
            image::check(workspace)
        }
        ["unit"] => unit(workspace),
        ["image"] => image::check(workspace),
        _ => Err(Failure::new("takes nothing, `unit` or `image`")),
    }
}

/// The unit alone, which takes no time where the daemon is built already.
pub(crate) fn unit(workspace: &Workspace) -> Outcome {
    unit::check(workspace)
}

/// Makes a folder anew.
fn fresh(folder: &Path) -> Outcome {
    let failed = |error| Failure::during(folder.display(), error);
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)
}
