//! `cargo xtask web`: packages for JavaScript, in Node.js and in a real Chromium.

use crate::failure::Outcome;
use crate::interop::server::{self, Server};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;

/// Where the tests are.
const TESTS: &str = "tests/web/javascript";

/// What is tested: all packages have the same surface, and so the same tests.
const FLAVOURS: [Flavour; 1] = [Flavour {
    name: "TypeScript, without wasm",
    package: "tests/end-to-end/typescript",
    everything: "tests/web/server/typescript",
}];

/// A way to make packages.
struct Flavour {
    name: &'static str,
    /// The package with the remotes of `tests/end-to-end`.
    package: &'static str,
    /// The package with the messages of `tests/web/server`.
    everything: &'static str,
}

/// Files of tests, and what Node.js is told beside. Node.js 20 has WebSockets where it is asked for them.
const RUNS: [(&str, &[&str], &[&str]); 4] = [
    (
        "types, codec, bundles and docs",
        &["types", "codec", "bundle", "docs"],
        &[],
    ),
    (
        "Node.js",
        &["node", "timers"],
        &["--experimental-websocket"],
    ),
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
    for flavour in &FLAVOURS {
        for (name, files, flags) in RUNS {
            println!("{}: {name}", flavour.name);
            let quickstart = Server::start(&quickstart)?;
            let files = files
                .iter()
                .map(|file| workspace.path(TESTS).join(format!("{file}.test.mjs")));
            Program::new("node")
                .args(flags)
                .args(["--test", "--test-reporter=spec"])
                .args(files)
                .env("WEB_SERVER", &server)
                .env("CODEC_ORACLE", &oracle)
                .env("QUICKSTART_URL", quickstart.url())
                .env("WEB_PACKAGE", workspace.path(flavour.package))
                .env("WEB_EVERYTHING", workspace.path(flavour.everything))
                .env("CHROMIUM", &chromium)
                .env("NODE_PATH", &packages)
                .run()?;
        }
    }
    Ok(())
}
