//! `cargo xtask wasm`: the client compiled to WebAssembly, in a real Chromium and in Node.js.

use crate::failure::{Failure, Outcome};
use crate::interop::{server, tools};
use crate::program::Program;
use crate::toolchain;
use crate::workspace::Workspace;
use std::path::PathBuf;

const PACKAGE: &str = "web-wasm";
const TESTS: &str = "tests/web/wasm/wasm.test.mjs";

/// The library whose program has to be of the same version.
const BINDGEN: &str = "wasm-bindgen";

/// Runs every case in a page, in a worker and in Node.js.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium()?;
    tools::node()?;
    // The same browser is driven in the same way.
    let packages = tools::npm(workspace, "tests/explorer", "explorer/node")?;
    let module = build(workspace)?;
    // The blocks of docs/browsers.md, which are compiled and not run.
    let documented = ["test", "--doc", "--package", PACKAGE];
    workspace
        .cargo(documented)
        .args(["--target", toolchain::WASM])
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
    Program::new(bindgen(workspace)?)
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(workspace.target(&module))
        .run()?;
    Ok(folder)
}

/// The program `wasm-bindgen`, installed below the target folder.
pub(crate) fn bindgen(workspace: &Workspace) -> Outcome<PathBuf> {
    let version = workspace.locked(BINDGEN)?;
    let folder = workspace.target(&format!("tools/{BINDGEN}-{version}"));
    let program = folder.join("bin").join(BINDGEN);
    let there = Program::new(&program).arg("--version");
    if program.is_file() && there.succeeds() {
        return Ok(program);
    }
    println!("installing wasm-bindgen-cli {version}");
    let install = ["install", "wasm-bindgen-cli", "--locked", "--quiet"];
    workspace
        .cargo(install)
        .args(["--version", &version, "--root"])
        .arg(&folder)
        .env("CARGO_TARGET_DIR", workspace.target("tools/build"))
        .run()
        .map_err(|failure| {
            Failure::new(format!(
                "{failure}; it is needed in the very version that Cargo.lock has of {BINDGEN}"
            ))
        })?;
    Ok(program)
}
