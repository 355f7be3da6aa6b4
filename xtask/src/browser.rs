//! `cargo xtask browser`: the example with a page, in a real Chromium.

use crate::failure::{Failure, Outcome};
use crate::interop::{server, tools};
use crate::program::Program;
use crate::workspace::Workspace;

const TESTS: &str = "tests/web/example/example.test.mjs";

/// Runs its tests. With `picture`, the one in the docs is made anew.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let picture = match arguments {
        [] => None,
        [word] if word == "picture" => Some(workspace.path("docs/browser.png")),
        _ => return Err(Failure::new("takes nothing, or `picture`")),
    };
    let chromium = tools::chromium()?;
    tools::node()?;
    // The same browser is driven in the same way.
    let packages = tools::npm(workspace, "tests/explorer", "explorer/node")?;
    let example = server::build_target(workspace, "browser", ["--bin", "browser"])?;
    let mut node = Program::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(workspace.path(TESTS))
        .env("EXAMPLE", example)
        .env("CARGO_TARGET_DIR", workspace.target(""))
        .env("CHROMIUM", chromium)
        .env("NODE_PATH", packages);
    if let Some(picture) = picture {
        node = node.env("SCREENSHOT", picture);
    }
    node.run()
}
