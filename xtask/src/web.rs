//! `cargo xtask web`: packages for JavaScript, in Node.js and in a real Chromium.

use crate::failure::Outcome;
use crate::interop::server::{self, Server};
use crate::interop::tools;
use crate::js;
use crate::program::Program;
use crate::workspace::Workspace;

/// Where the tests are.
const TESTS: &str = "tests/web/javascript";

/// Files of tests, and what Node.js is told beside.
type Run = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// All packages have the same surface, and so the same tests. Node.js 20 has WebSockets where it is asked for them.
const EVERY: [Run; 4] = [
    ("codec", &["codec"], &[]),
    ("types", &["types"], &[]),
    ("Node.js", &["node"], &["--experimental-websocket"]),
    ("Chromium", &["chromium"], &[]),
];

/// What bundlers and the chapter of the guide have to do with is one of them, and it alone sends streams by `fetch`.
const PLAIN: [Run; 3] = [
    ("bundles and docs", &["bundle", "docs"], &[]),
    (
        "timers, and a package without WebSockets",
        &["timers", "no_sockets"],
        &["--experimental-websocket"],
    ),
    (
        "Node.js without WebSockets",
        &["node"],
        &["--no-experimental-websocket"],
    ),
];

/// What WebAssembly reads, and what is so where a page does not allow it.
const WASM: [Run; 1] = [("WebAssembly", &["wasm"], &[])];

/// Runs all of their tests.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium()?;
    tools::node()?;
    let packages = tools::npm(workspace, TESTS, "web/node")?;
    println!("a package as npm takes it");
    js::run(workspace, &["quickstart".to_owned()])?;
    let server = server::build_target(workspace, "web-server", ["--bin", "web-server"])?;
    let oracle = server::build_target(workspace, "web-server", ["--bin", "codec_oracle"])?;
    let quickstart = server::build(workspace)?;
    for (flavour, folder, own) in [
        ("without WebAssembly", "typescript", &PLAIN[..]),
        ("with WebAssembly", "typescript-wasm", &WASM[..]),
    ] {
        for (name, files, flags) in EVERY.iter().chain(own) {
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
                .env(
                    "WEB_PACKAGE",
                    workspace.path("tests/end-to-end").join(folder),
                )
                .env(
                    "WEB_EVERYTHING",
                    workspace.path("tests/web/server").join(folder),
                )
                .env("CHROMIUM", &chromium)
                .env("NODE_PATH", &packages)
                .run()?;
        }
    }
    Ok(())
}
