//! The Go toolchain: some of the clients, servers and suites that Iris is tested with are Go programs.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;

/// Go, run in the repository.
pub(crate) fn go(workspace: &Workspace) -> Program {
    // A setting for cross-compilation would put programs elsewhere.
    workspace
        .program("go")
        .without_env("GOOS")
        .without_env("GOARCH")
}

/// Fails where there is no Go, and says what to install.
pub(crate) fn needed_for(workspace: &Workspace, what: &str) -> Outcome {
    if go(workspace).arg("version").succeeds() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`go` is not installed, or not in PATH; {what} are Go programs: install Go 1.21 or newer \
         (https://go.dev/dl), which gets the version that they need by itself"
    )))
}
