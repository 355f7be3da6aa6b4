//! `cargo xtask explorer`: the explorer's page in a real Chromium, against the quickstart server, and against one with
//! every kind of procedure.

use crate::failure::Outcome;
use crate::interop::server::{self, Server};
use crate::interop::shapes::{self, Shapes};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;

const TESTS: &str = "tests/explorer/explorer.test.mjs";

/// Runs its tests, and leaves a picture of the page below the target folder.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium()?;
    tools::node()?;
    tools::curl(workspace)?;
    let packages = tools::npm(workspace, "tests/explorer", "explorer/node")?;
    let shapes = Shapes::start(workspace, &shapes::build(workspace)?)?;
    let server = Server::start(&server::build(workspace)?)?;
    Program::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(workspace.path(TESTS))
        .env("IRIS_URL", server.url())
        .env("SHAPES_URL", shapes.plain())
        .env("SHAPES_TLS_URL", shapes.secured())
        .env("CHROMIUM", chromium)
        .env("NODE_PATH", packages)
        .env("SCREENSHOT", workspace.target("explorer/screenshot.png"))
        .run()
}
