//! `cargo xtask web`: packages for JavaScript, in Node.js and in a real Chromium.

use crate::failure::Outcome;
use crate::interop::server::{self, Server};
use crate::interop::tools;
use crate::js;
use crate::program::Program;
use crate::workspace::Workspace;

/// Where the tests are.
const TESTS: &str = "tests/web/javascript";

/// A client crate whose package with WebAssembly has the same remotes.
const CRATE: &str = "end-to-end-client";

/// Files of tests, and what Node.js is told beside. Node.js 20 has WebSockets where it is asked for them.
const RUNS: [(&str, &[&str], &[&str]); 4] = [
    (
        "types, codec, bundles and docs",
        &["types", "codec", "bundle", "docs"],
        &[],
    ),
    ("Node.js", &["node"], &["--experimental-websocket"]),
    (
        "Node.js without WebSockets",
        &["node"],
        &["--no-experimental-websocket"],
    ),
    ("Chromium", &["chromium"], &[]),
];

/// Runs all of their tests.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium()?;
    tools::node()?;
    let packages = tools::npm(workspace, TESTS, "web/node")?;
    let server = server::build_target(workspace, "web-server", ["--bin", "web-server"])?;
    let oracle = server::build_target(workspace, "web-server", ["--bin", "codec_oracle"])?;
    let quickstart = server::build(workspace)?;
    let plain = workspace.path("tests/end-to-end/typescript");
    let wasm = js::package(workspace, CRATE)?;
    // All packages have the same surface, and so the same tests; a bundler and the chapter speak of one of them.
    for (flavour, package, runs) in [
        ("TypeScript, without wasm", plain, &RUNS[..]),
        ("wasm", wasm, &RUNS[1..]),
    ] {
        for (name, files, flags) in runs {
            println!("{flavour}: {name}");
            let quickstart = Server::start(&quickstart)?;
            let files = files
                .iter()
                .map(|file| workspace.path(TESTS).join(format!("{file}.test.mjs")));
            Program::new("node")
                .args(*flags)
                .args(["--test", "--test-reporter=spec"])
                .args(files)
                .env("WEB_SERVER", &server)
                .env("CODEC_ORACLE", &oracle)
                .env("QUICKSTART_URL", quickstart.url())
                .env("WEB_PACKAGE", &package)
                .env(
                    "WEB_EVERYTHING",
                    workspace.path("tests/web/server/typescript"),
                )
                .env("CHROMIUM", &chromium)
                .env("NODE_PATH", &packages)
                .run()?;
        }
    }
    Ok(())
}
