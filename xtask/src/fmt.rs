//! `cargo xtask fmt`

use crate::failure::Outcome;
use crate::toolchain;
use crate::workspace::{APART, Workspace};

/// Checks the formatting of every package. Generated modules tell rustfmt to pass them by.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    toolchain::component(workspace, "rustfmt", "fmt")?;
    workspace.cargo(["fmt", "--all", "--check"]).run()?;
    for manifest in APART {
        let manifest = workspace.path(manifest);
        let folder = manifest.parent().unwrap_or(&manifest);
        // There, since rustfmt finds no targets in the manifest of a workspace that is no package.
        workspace.cargo(["fmt", "--check"]).folder(folder).run()?;
    }
    Ok(())
}
