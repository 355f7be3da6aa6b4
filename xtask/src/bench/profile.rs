//! `cargo xtask bench profile`: where the time of calls goes.

use super::{record, rpc};
use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use std::fs;

/// The section of the report.
const SECTION: &str = "Where the time goes";

/// Rows that say most, unless others are asked for.
const ROWS: [&str; 21] = [
    "echo/grpc/c1",
    "echo/connect/c1",
    "echo/grpc/c64",
    "log/grpc/c64",
    "log/grpc-json/c64",
    "log/connect/c64",
    "log/connect-json/c64",
    "large/grpc/c4",
    "large/connect/c4",
    "download/grpc/c8",
    "upload/grpc/c8",
    "chat/grpc/c64",
    "chat/connect/c64",
    "client/echo/grpc/c1",
    "client/echo/grpc/c64",
    "client/echo/grpc-json/c64",
    "client/echo/connect/c64",
    "client/echo/connect-json/c1",
    "client/large/grpc/c4",
    "client/download/grpc-json/c8",
    "client/chat/grpc/c64",
];

/// Samples the programs, and puts what they did into the report if nothing was left out.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let bench = rpc::program(workspace, arguments)?.arg("--profile");
    if !arguments.is_empty() {
        return bench.args(arguments).run();
    }
    let report = workspace.target("benches").join("profile.md");
    bench
        .args(["--rows", &ROWS.join(","), "--seconds", "3", "--report"])
        .arg(&report)
        .run()?;
    let figures =
        fs::read_to_string(&report).map_err(|error| Failure::during(report.display(), error))?;
    record::section(workspace, SECTION, &figures)
}
