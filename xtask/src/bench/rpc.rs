//! `cargo xtask bench rpc`: what a call costs with Iris, beside its peers.

use super::record;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;

/// The section of the report.
const SECTION: &str = "Calls";

/// The peers, as their packages name them.
const PEERS: [&str; 7] = [
    "iris",
    "observed",
    "tonic",
    "connectrpc",
    "volo",
    "tarpc",
    "hyper",
];

/// Measures, and puts the figures into the report if nothing was left out.
///
/// `--rows PATTERN,…`: rows with one of these in their name. `--peers LIST`. `--seconds N`: of a turn. `--rounds N`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let bench = program(workspace, arguments)?;
    if !arguments.is_empty() {
        return bench.args(arguments).run();
    }
    let report = workspace.target("benches").join("rpc.md");
    bench.arg("--report").arg(&report).run()?;
    let figures =
        fs::read_to_string(&report).map_err(|error| Failure::during(report.display(), error))?;
    record::section(workspace, SECTION, &figures)
}

/// The program that measures, built with those of the peers.
pub(super) fn program(workspace: &Workspace, arguments: &[String]) -> Outcome<Program> {
    let folder = workspace.target("benches");
    let peers = chosen(arguments);
    let mut packages = vec!["rpc-bench".to_owned()];
    packages.extend(peers.iter().map(|peer| format!("rpc-{peer}")));
    // One by one: built together, each would have the features that any of them asks for.
    for package in packages {
        workspace
            .cargo(["build", "--quiet", "--release", "--package"])
            .arg(&package)
            .folder(&workspace.path("benches"))
            .env("CARGO_TARGET_DIR", &folder)
            .run()?;
    }
    let programs = folder.join("release");
    let bench = programs.join(format!("rpc-bench{}", std::env::consts::EXE_SUFFIX));
    Ok(Program::new(bench)
        .folder(&workspace.path(""))
        .arg("--programs")
        .arg(&programs))
}

/// The packages to build: those that `--peers` names, where it does.
fn chosen(arguments: &[String]) -> Vec<&'static str> {
    let given = arguments
        .iter()
        .position(|argument| argument == "--peers")
        .and_then(|place| arguments.get(place + 1));
    let mut peers = PEERS.to_vec();
    if let Some(given) = given {
        let given: Vec<&str> = given.split(',').collect();
        peers.retain(|peer| match *peer {
            // Clients call its server.
            "hyper" => true,
            "iris" => given.contains(&"iris") || given.contains(&"filtered"),
            "observed" => given.contains(&"metrics") || given.contains(&"traces"),
            peer => given.contains(&peer),
        });
    }
    peers
}
