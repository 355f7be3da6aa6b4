//! `cargo xtask wasm`: the client compiled to WebAssembly, in a real Chromium and in Node.js.

use crate::failure::Outcome;
use crate::interop::{server, tools};
use crate::program::Program;
use crate::toolchain;
use crate::workspace::Workspace;
use std::path::PathBuf;

const PACKAGE: &str = "web-wasm";
const TESTS: &str = "tests/web/wasm/wasm.test.mjs";

/// Runs every case in a page, in a worker and in Node.js.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium()?;
    tools::node()?;
    // The same browser is driven in the same way.
    let packages = tools::npm(workspace, "tests/explorer", "explorer/node")?;
    let module = build(workspace)?;
    // The blocks of docs/browsers.md, which are compiled and not run. rustdoc would run the program that they became all the
    // same, to be told so; nothing here can.
    let documented = ["test", "--doc", "--package", PACKAGE];
    workspace
        .cargo(documented)
        .args(["--target", toolchain::WASM])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "node --version",
        )
        .run()?;
    let server = server::build_target(workspace, PACKAGE, ["--bin", PACKAGE])?;
    Program::new("node")
        // Node.js 20 has WebSockets where it is asked for them.
        .args(["--experimental-websocket", "--test", "--test-reporter=spec"])
        .arg(workspace.path(TESTS))
        .env("WEB_SERVER", server)
        .env("WEB_WASM", module)
        .env("CHROMIUM", chromium)
        .env("NODE_PATH", packages)
        .run()
}

/// Builds the module and what JavaScript loads it with; gives their folder.
fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    toolchain::target(workspace, toolchain::WASM)?;
    let build = ["build", "--package", PACKAGE, "--lib"];
    workspace
        .cargo(build)
        .args(["--target", toolchain::WASM])
        .run()?;
    let module = format!("{}/debug/web_wasm.wasm", toolchain::WASM);
    let folder = workspace.target("web/wasm");
    Program::new(tools::wasm_bindgen(workspace)?)
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(workspace.target(&module))
        .run()?;
    Ok(folder)
}
