//! `cargo xtask conformance [server|client] [--record FOLDER] [-- flags of the runner]`: the Connect project's conformance
//! suite calls our server, and is called by our client.

mod arguments;
mod protocol;
mod recording;
mod report;
mod suite;

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::steps::Steps;
use crate::toolchain;
use crate::workspace::Workspace;
use arguments::Arguments;
use recording::Recording;
use report::Report;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use suite::Suite;

/// The workspace with the programs under test.
const MANIFEST: &str = "conformance/Cargo.toml";

/// Which side is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Server,
    Client,
}

impl Mode {
    const ALL: [Mode; 2] = [Mode::Server, Mode::Client];

    /// The name of the runner's mode, of the program under test, and of its configuration.
    fn name(self) -> &'static str {
        match self {
            Mode::Server => "server",
            Mode::Client => "client",
        }
    }

    /// How many cases the suite has for what is configured: fewer would be run if less of it were.
    fn cases(self) -> u32 {
        match self {
            Mode::Server => 9_022,
            Mode::Client => 11_036,
        }
    }
}

/// Builds the programs under test and the suite, and runs the suite with each of them.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let Arguments {
        modes,
        record,
        flags,
    } = Arguments::read(arguments)?;
    let recording = record.map(|_| Recording::begin(workspace)).transpose()?;
    let suite = Suite::get(workspace)?;
    let mut steps = Steps::new();
    // Here, since no other chore has the suite's .proto files.
    steps.step("clippy", || lint(workspace, &suite));
    let build = ["build", "--manifest-path", MANIFEST];
    let mut built = false;
    steps.step("build", || {
        cargo(workspace, &suite, build).run()?;
        built = true;
        Ok(())
    });
    let tests = ["test", "--quiet", "--manifest-path", MANIFEST];
    steps.step("tests", || cargo(workspace, &suite, tests).run());
    let mut results = Vec::new();
    for mode in modes.into_iter().filter(|_| built) {
        steps.step(mode.name(), || {
            let report = test(workspace, &suite, mode, flags, recording.as_ref())?;
            results.extend(report.lines(mode.name()));
            let cases = flags.is_empty().then(|| mode.cases());
            report.outcome(cases)
        });
    }
    if let (Some(recording), Some(into)) = (&recording, record) {
        steps.step("recording", || {
            results.extend(recording.gather(&workspace.path(into))?);
            Ok(())
        });
    }
    steps.close_with(results);
    steps.finish()
}

/// Lints of the workspace with the programs under test.
fn lint(workspace: &Workspace, suite: &Suite) -> Outcome {
    toolchain::component(workspace, "clippy", "clippy")?;
    let clippy = ["clippy", "--manifest-path", MANIFEST, "--all-targets"];
    cargo(workspace, suite, clippy)
        .args(["--", "-D", "warnings"])
        .run()
}

/// Cargo for the workspace with the programs under test, which has a target folder to itself.
fn cargo<const N: usize>(workspace: &Workspace, suite: &Suite, arguments: [&str; N]) -> Program {
    workspace
        .cargo(arguments)
        .env("CARGO_TARGET_DIR", workspace.target("conformance"))
        .env("CONFORMANCE_PROTO", suite.protos())
}

/// Runs the suite in a mode.
fn test(
    workspace: &Workspace,
    suite: &Suite,
    mode: Mode,
    flags: &[String],
    recording: Option<&Recording>,
) -> Outcome<Report> {
    let name = mode.name();
    let under_test = format!("conformance/debug/{name}{}", std::env::consts::EXE_SUFFIX);
    // It names every case, so that they can be counted by protocol.
    let runner = suite.runner().args(["--vv", "--mode", name, "--conf"]);
    let runner = runner.arg(workspace.path(&format!("conformance/config/{name}.yaml")));
    let mut runner = runner
        .args(flags)
        .arg("--")
        .arg(workspace.target(&under_test));
    if let Some(recording) = recording {
        // The runner's programs have its environment.
        runner = runner.env(recording::FOLDER, recording.folder());
    }
    let mut child = runner.start(Stdio::piped(), Stdio::inherit())?;
    let printed = child.stdout.take().into_iter();
    let mut report = Report::default();
    for line in printed.flat_map(|printed| BufReader::new(printed).lines()) {
        let line = line.map_err(|error| Failure::during("the suite's runner", error))?;
        if !report.read(&line) {
            println!("{line}");
        }
    }
    let status = child
        .wait()
        .map_err(|error| Failure::during("the suite's runner", error))?;
    report.ended(status);
    Ok(report)
}
