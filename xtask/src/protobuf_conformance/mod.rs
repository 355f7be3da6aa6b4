//! `cargo xtask protobuf-conformance`: protobuf's own conformance runner against the messages that iris-build prints,
//! in the binary format and in JSON.

mod count;
mod libraries;
mod runner;

use crate::failure::{Failure, Outcome};
use crate::toolchain;
use crate::workspace::Workspace;
use count::Counts;
use runner::Runner;
use std::fs;

/// The folder of the program under test, a workspace of its own, and of what pins the runner.
const FOLDER: &str = "tests/protobuf-conformance";
const MANIFEST: &str = "tests/protobuf-conformance/Cargo.toml";
/// The tests that are known to fail, with the reasons. The runner fails where one of them passes.
const KNOWN_FAILURES: &str = "tests/protobuf-conformance/known-failures.txt";
/// Where the counts are published.
const DOCS: &str = "docs/conformance.md";

/// Builds the program under test and runs the suite, recommended tests included.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let runner = Runner::get(workspace)?;
    // Here, since no other chore has the runner's .proto files.
    toolchain::component(workspace, "clippy", "clippy")?;
    let lint = ["clippy", "--manifest-path", MANIFEST, "--all-targets"];
    let lint = workspace.cargo(lint).args(["--", "-D", "warnings"]);
    lint.env(runner::PROTO, runner.protos()).run()?;
    let build = ["build", "--manifest-path", MANIFEST];
    let build = workspace.cargo(build);
    build.env(runner::PROTO, runner.protos()).run()?;

    let known = workspace.path(KNOWN_FAILURES);
    let known_failures =
        fs::read_to_string(&known).map_err(|error| Failure::during(known.display(), error))?;
    let output = workspace.target("protobuf-conformance/output");
    fs::create_dir_all(&output).map_err(|error| Failure::during(output.display(), error))?;
    let suite = runner.program()?;
    let suite = suite
        .args(["--enforce_recommended", "--verbose", "--failure_list"])
        .arg(&known)
        .arg("--output_dir")
        .arg(&output)
        .arg(workspace.target("debug/protobuf-conformance"));
    let shown = suite.shown();
    let run = suite.output()?;
    let printed = [run.stdout, run.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    if !run.status.success() {
        for line in count::worth_showing(&printed) {
            println!("{line}");
        }
        return Err(Failure::during(shown, run.status));
    }
    let counts = Counts::of(&printed, &known_failures)?;
    println!("\n{counts}");
    published(workspace, &counts)
}

/// Fails unless the documentation has these counts.
fn published(workspace: &Workspace, counts: &Counts) -> Outcome {
    let docs = workspace.path(DOCS);
    let text = fs::read_to_string(&docs).map_err(|error| Failure::during(DOCS, error))?;
    match text.contains(&counts.to_string()) {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{DOCS} has other counts than these; put the table there"
        ))),
    }
}
