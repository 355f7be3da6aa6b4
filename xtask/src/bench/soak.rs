//! `cargo xtask bench soak`: a server under a mixed load, hostile callers among it; it fails where the server grows.

use crate::failure::Outcome;
use crate::program::Program;
use crate::workspace::Workspace;

/// Runs for an hour, or for as many `--minutes N` as it is told; with `--pause MILLISECONDS` between rounds of calls it leaves room
/// for other programs. Nothing goes into the report.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let folder = workspace.target("benches");
    workspace
        .cargo(["build", "--quiet", "--release", "--package", "rpc-soak"])
        .folder(&workspace.path("benches"))
        .env("CARGO_TARGET_DIR", &folder)
        .run()?;
    let program = |name: &str| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        folder.join("release").join(name)
    };
    Program::new(program("rpc-soak"))
        .folder(&workspace.path(""))
        .arg("--server")
        .arg(program("rpc-soak-server"))
        .args(arguments)
        .run()
}
