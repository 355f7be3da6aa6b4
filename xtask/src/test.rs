//! `cargo xtask test`

mod report;

use crate::browser;
use crate::explorer;
use crate::failure::{Failure, Outcome};
use crate::interop::{self, tools};
use crate::standalone;
use crate::steps::Steps;
use crate::toolchain;
use crate::wasm;
use crate::web;
use crate::workspace::Workspace;
use report::Report;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// Runs every test there is. Whatever is missing is installed or asked for; nothing is skipped.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let mut steps = Steps::new();
    take(workspace, &mut steps);
    steps.finish()
}

/// The steps of this chore.
pub(crate) fn take(workspace: &Workspace, steps: &mut Steps) {
    let mut report = Report::default();
    steps.step("cargo test", || cargo_test(workspace, &mut report));
    steps.close_with(report.into_lines());
    steps.step("core without features", || {
        let check = ["check", "--package", "iris-core", "--no-default-features"];
        workspace.cargo(check).run()
    });
    steps.step("core without WebSockets", || {
        let check = ["check", "--package", "iris-core", "--no-default-features"];
        workspace.cargo(check).args(["--features", "server"]).run()
    });
    steps.step("core in a browser", || {
        toolchain::target(workspace, toolchain::WASM)?;
        let check = ["check", "--package", "iris-core", "--no-default-features"];
        workspace
            .cargo(check)
            .args(["--target", toolchain::WASM])
            .run()
    });
    steps.step("client in a browser", || {
        for package in ["iris-client", "quickstart-client"] {
            let check = ["check", "--package", package, "--no-default-features"];
            let check = workspace.cargo(check);
            check.args(["--target", toolchain::WASM]).run()?;
        }
        lean_in_a_browser(workspace, "quickstart-client")
    });
    // With all of them it is in the workspace's build.
    for (name, features) in [
        ("client with native alone", "native"),
        ("client with cookies alone", "cookies"),
        ("client with tls alone", "tls"),
    ] {
        steps.step(name, || {
            let check = ["check", "--package", "iris-client", "--no-default-features"];
            workspace.cargo(check).args(["--features", features]).run()
        });
    }
    for (name, features) in [
        ("lambda without features", ""),
        ("lambda with applications alone", "application"),
        ("lambda with two kinds of events alone", "alexa,dynamodb"),
    ] {
        steps.step(name, || {
            let check = ["check", "--package", "iris-lambda", "--no-default-features"];
            workspace.cargo(check).args(["--features", features]).run()
        });
    }
    steps.step("quickstart", || {
        workspace.cargo(["run", "--package", "quickstart"]).run()
    });
    steps.step("standalone", || standalone::run(workspace));
    steps.step("interop", || interop::run(workspace));
    steps.step("explorer", || explorer::run(workspace));
    steps.step("wasm", || wasm::run(workspace));
    steps.step("web", || web::run(workspace));
    steps.step("browser", || browser::run(workspace, &[]));
}

/// Fails where a page with this package would have what is for servers and native programs.
fn lean_in_a_browser(workspace: &Workspace, package: &str) -> Outcome {
    let tree = ["tree", "--edges", "normal", "--prefix", "none"];
    let tree = workspace.cargo(tree).args(["--format", "{p}"]);
    let listed = tree
        .args(["--package", package, "--target", toolchain::WASM])
        .stdout()?;
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    let unwanted = ["tokio", "hyper", "h2", "tonic", "rustls", "ring"];
    let found: Vec<&str> = names.filter(|name| unwanted.contains(name)).collect();
    match found.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{package} brings into a page: {}",
            found.join(", ")
        ))),
    }
}

/// Unit, integration and documentation tests of every package.
fn cargo_test(workspace: &Workspace, report: &mut Report) -> Outcome {
    // Packages for JavaScript that are made of descriptors are called there and then.
    tools::node()?;
    let program = workspace.cargo(["test", "--workspace", "--no-fail-fast"]);
    let shown = program.shown();
    let mut child = program.start(Stdio::piped(), Stdio::inherit())?;
    let printed = child.stdout.take().into_iter();
    for line in printed.flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.map_err(|error| Failure::during(&shown, error))?;
        println!("{line}");
        report.read(line);
    }
    let status = child
        .wait()
        .map_err(|error| Failure::during(&shown, error))?;
    match (status.success(), report.is_empty()) {
        (true, false) => Ok(()),
        (true, true) => Err(Failure::during(shown, "ran no test")),
        (false, _) => Err(Failure::during(shown, status)),
    }
}
