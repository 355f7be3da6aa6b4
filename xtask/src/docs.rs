//! `cargo xtask docs`

use crate::failure::Outcome;
use crate::workspace::Workspace;

/// Builds the API documentation of every package.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    workspace
        .cargo(["doc", "--workspace", "--no-deps", "--keep-going"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}
