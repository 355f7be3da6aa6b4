//! `cargo xtask test`

use crate::browser;
use crate::explorer;
use crate::failure::{Failure, Outcome};
use crate::interop;
use crate::standalone;
use crate::steps::Steps;
use crate::toolchain;
use crate::wasm;
use crate::web;
use crate::workspace::Workspace;
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
    let mut results = Vec::new();
    steps.step("cargo test", || cargo_test(workspace, &mut results));
    results.extend(sum(&results));
    steps.close_with(results);
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

/// Unit, integration and documentation tests of every package; keeps the lines with their results.
fn cargo_test(workspace: &Workspace, results: &mut Vec<String>) -> Outcome {
    let program = workspace.cargo(["test", "--workspace", "--no-fail-fast"]);
    let shown = program.shown();
    let mut child = program.start(Stdio::piped(), Stdio::inherit())?;
    let printed = child.stdout.take().into_iter();
    for line in printed.flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.map_err(|error| Failure::during(&shown, error))?;
        println!("{line}");
        if line.starts_with(RESULT) {
            results.push(line);
        }
    }
    let status = child
        .wait()
        .map_err(|error| Failure::during(&shown, error))?;
    match (status.success(), results.is_empty()) {
        (true, false) => Ok(()),
        (true, true) => Err(Failure::during(shown, "ran no test")),
        (false, _) => Err(Failure::during(shown, status)),
    }
}

/// How the test harness begins the line that closes a test program's output.
const RESULT: &str = "test result: ";

/// One line for all the results.
fn sum(results: &[String]) -> Option<String> {
    let count = |line: &str, what: &str| -> usize {
        let mut parts = line.split(['.', ';']).map(str::trim);
        let found = parts.find_map(|part| part.strip_suffix(what)?.trim().parse().ok());
        found.unwrap_or(0)
    };
    let total = |what| -> usize { results.iter().map(|line| count(line, what)).sum() };
    (!results.is_empty()).then(|| {
        let (passed, failed, ignored) = (total("passed"), total("failed"), total("ignored"));
        format!("\n{passed} passed, {failed} failed, {ignored} skipped")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let results = [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s",
        ];
        let sum = sum(&results.map(str::to_owned));
        assert_eq!(sum.as_deref(), Some("\n16 passed, 2 failed, 1 skipped"));
    }

    #[test]
    fn no_result_is_no_sum() {
        assert_eq!(sum(&[]), None);
    }
}
