//! `cargo xtask bench build`: what building with Iris costs, beside the same services with tonic.

use super::record;
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;

/// The section of the report.
const SECTION: &str = "Build";

/// Measures, and puts the figures into the report. `--runs N` says how often each build is measured.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    // Its own folder: everything is built from nothing, and nothing else builds there at the same time.
    let folder = workspace.target("bench-build");
    let target = folder.join("target");
    workspace
        .cargo(["build", "--quiet", "--package", "build-bench"])
        .folder(&workspace.path("benches"))
        .env("CARGO_TARGET_DIR", &target)
        .run()?;
    let program = target
        .join("debug")
        .join(format!("build-bench{}", std::env::consts::EXE_SUFFIX));
    Program::new(program)
        .folder(&workspace.path(""))
        .arg("measure")
        .arg(workspace.path(""))
        .arg(&folder)
        .args(arguments)
        .run()?;
    let figures = folder.join("report.md");
    let figures =
        fs::read_to_string(&figures).map_err(|error| Failure::during(figures.display(), error))?;
    record::section(workspace, SECTION, &figures)
}
