//! `cargo xtask bench lambda`: what iris-up costs, beside cargo-lambda and PM2.

use super::record;
use crate::failure::{Failure, Outcome};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;

/// The section of the report.
const SECTION: &str = "Functions and apps";

/// Measures, and puts the figures into the report if nothing was left out.
///
/// `--parts NAME,…`: warm, cold, memory, many, deploys, kills. `--seconds N`: of a turn. `--rounds N`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let bench = program(workspace)?;
    if !arguments.is_empty() {
        return bench.args(arguments).run();
    }
    let report = workspace.target("benches").join("lambda.md");
    bench.arg("--report").arg(&report).run()?;
    let figures =
        fs::read_to_string(&report).map_err(|error| Failure::during(report.display(), error))?;
    record::section(workspace, SECTION, &figures)
}

/// The program that measures, with all it needs.
fn program(workspace: &Workspace) -> Outcome<Program> {
    tools::node()?;
    let cargo_lambda = tools::cargo_lambda(workspace)?;
    let packages = tools::npm(workspace, "benches/lambda", "benches/lambda/node")?;
    let target = workspace.target("benches");
    for (folder, package, profile) in [
        ("benches", "lambda-bench", "release"),
        ("", "iris-up", "dist"),
    ] {
        workspace
            .cargo(["build", "--quiet", "--profile", profile, "--package"])
            .arg(package)
            .folder(&workspace.path(folder))
            .env("CARGO_TARGET_DIR", &target)
            .run()?;
    }
    let programs = target.join("release");
    let bench = programs.join(format!("lambda-bench{}", std::env::consts::EXE_SUFFIX));
    Ok(Program::new(bench)
        .folder(&workspace.path(""))
        .arg("--programs")
        .arg(&programs)
        .arg("--iris-up")
        .arg(target.join("dist").join("iris-up"))
        .arg("--cargo-lambda")
        .arg(cargo_lambda)
        .arg("--pm2")
        .arg(packages.join("pm2/bin/pm2")))
}
