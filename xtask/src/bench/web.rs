//! `cargo xtask bench web`: what a page costs with Iris's packages, beside connect-es.

use super::record;
use crate::failure::{Failure, Outcome};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// The section of the report.
const SECTION: &str = "Browser";

/// Measures, and puts the figures into the report if nothing was left out.
///
/// `--rows PATTERN,…`: rows with one of these in their name. `--seconds N`: of a turn. `--rounds N`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let bench = program(workspace)?;
    if !arguments.is_empty() {
        return bench.args(arguments).run();
    }
    let report = workspace.target("benches").join("web.md");
    bench.arg("--report").arg(&report).run()?;
    let figures =
        fs::read_to_string(&report).map_err(|error| Failure::during(report.display(), error))?;
    record::section(workspace, SECTION, &figures)
}

/// The program that measures, with all it needs.
fn program(workspace: &Workspace) -> Outcome<Program> {
    let chromium = tools::chromium()?;
    tools::node()?;
    let packages = tools::npm(workspace, "benches/web", "benches/web/node")?;
    let server = server(workspace)?;
    let connect = connect(workspace, &packages)?;
    Ok(Program::new("node")
        .arg(workspace.path("benches/web/bench.mjs"))
        .env("CHROMIUM", chromium)
        .env("NODE_PATH", packages)
        .env("WEB_BENCH_SERVER", server)
        .env(
            "WEB_BENCH_TYPESCRIPT",
            workspace.path("benches/web/server/typescript"),
        )
        .env(
            "WEB_BENCH_WASM",
            workspace.path("benches/web/server/typescript-wasm"),
        )
        .env("WEB_BENCH_CONNECT", connect)
        .env("WEB_BENCH_BUNDLES", workspace.target("benches/web/bundles")))
}

/// Builds the server, which brings the packages up to date as well.
fn server(workspace: &Workspace) -> Outcome<PathBuf> {
    let target = workspace.target("benches");
    workspace
        .cargo(["build", "--quiet", "--release", "--package"])
        .arg("web-bench-server")
        .folder(&workspace.path("benches"))
        .env("CARGO_TARGET_DIR", &target)
        .run()?;
    let name = format!("web-bench-server{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(name))
}

/// What protoc-gen-es makes of the `.proto` files that the generator printed; gives the folder.
fn connect(workspace: &Workspace, packages: &Path) -> Outcome<PathBuf> {
    let folder = workspace.target("benches/web/connect");
    let plugin = packages.join("@bufbuild/protoc-gen-es/bin/protoc-gen-es");
    let template = json!({
        "version": "v2",
        "clean": true,
        "plugins": [{ "local": ["node", plugin], "out": folder, "opt": ["target=js"] }],
    });
    Program::new(tools::buf(packages)?)
        .args(["generate", "--template"])
        .arg(template.to_string())
        .arg(workspace.path("benches/web/server/client/proto"))
        .run()?;
    Ok(folder)
}
