//! `cargo xtask fmt`

use crate::failure::Outcome;
use crate::toolchain;
use crate::workspace::{APART, Workspace};

/// Checks the formatting of every package. Generated modules tell rustfmt to pass them by.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    toolchain::component(workspace, "rustfmt", "fmt")?;
    workspace.cargo(["fmt", "--all", "--check"]).run()?;
    for manifest in APART {
        let fmt = ["fmt", "--manifest-path", manifest, "--check"];
        workspace.cargo(fmt).run()?;
    }
    Ok(())
}
