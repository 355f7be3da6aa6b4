//! `cargo xtask conformance [server|client] [-- flags of the runner]`: the Connect project's conformance suite calls
//! our server, and is called by our client.

mod protocol;
mod report;
mod suite;

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::steps::Steps;
use crate::toolchain;
use crate::workspace::Workspace;
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
    let (modes, flags) = asked_for(arguments)?;
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
    let mut results = Vec::new();
    for mode in modes.into_iter().filter(|_| built) {
        steps.step(mode.name(), || {
            let report = test(workspace, &suite, mode, flags)?;
            results.extend(report.lines(mode.name()));
            let cases = flags.is_empty().then(|| mode.cases());
            report.outcome(cases)
        });
    }
    steps.close_with(results);
    steps.finish()
}

/// The modes, and what goes to the runner as it is.
fn asked_for(arguments: &[String]) -> Outcome<(Vec<Mode>, &[String])> {
    let (modes, rest) = match arguments.split_first() {
        Some((name, rest)) if name != "--" => {
            let mode = Mode::ALL.into_iter().find(|mode| mode.name() == name);
            let unknown = || {
                Failure::new(format!(
                    "no mode is called `{name}`; there are `server` and `client`"
                ))
            };
            (vec![mode.ok_or_else(unknown)?], rest)
        }
        _ => (Mode::ALL.to_vec(), arguments),
    };
    match rest.split_first() {
        None => Ok((modes, &[])),
        Some((separator, flags)) if separator == "--" => Ok((modes, flags)),
        Some((other, _)) => Err(Failure::new(format!(
            "`{other}` is no argument; what is meant for the runner comes after `--`"
        ))),
    }
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
fn test(workspace: &Workspace, suite: &Suite, mode: Mode, flags: &[String]) -> Outcome<Report> {
    let name = mode.name();
    let under_test = format!("conformance/debug/{name}{}", std::env::consts::EXE_SUFFIX);
    // It names every case, so that they can be counted by protocol.
    let runner = suite.runner().args(["--vv", "--mode", name, "--conf"]);
    let runner = runner.arg(workspace.path(&format!("conformance/config/{name}.yaml")));
    let runner = runner
        .args(flags)
        .arg("--")
        .arg(workspace.target(&under_test));
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
