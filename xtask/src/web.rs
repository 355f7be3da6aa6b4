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

/// Files of tests, and what Node.js is told beside.
type Run = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// All packages have the same surface, and so the same tests. Node.js 20 has WebSockets where it is asked for them.
const EVERY: [Run; 3] = [
    ("types", &["types"], &[]),
    ("Node.js", &["node"], &["--experimental-websocket"]),
    ("Chromium", &["chromium"], &[]),
];

/// What bundlers and the chapter of the guide have to do with is one of them, and it alone sends streams by `fetch`.
const PLAIN: [Run; 3] = [
    ("codec, bundles and docs", &["codec", "bundle", "docs"], &[]),
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

/// What is compiled lies beside the other, also where that was bundled.
const WASM: [Run; 1] = [("a bundle", &["wasm_bundle"], &[])];

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
    for (flavour, package, own) in [
        ("TypeScript, without wasm", plain, &PLAIN[..]),
        ("wasm", wasm, &WASM[..]),
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
