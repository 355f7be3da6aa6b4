//! Clients in JavaScript: connect-es, with messages built from the emitted descriptors, and grpc-js, with messages that
//! proto-loader builds from the emitted `.proto` files; and Google's grpc-web, whose text form nobody else has.

use super::EMITTED;
use super::checks::Checks;
use super::server::Server;
use super::shapes::{self, Shapes};
use crate::failure::Outcome;
use crate::program::Program;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};

/// What `interop/connect_es_calls.mjs` takes for a transport, and how that is shown.
const TRANSPORTS: [(&str, &str); 6] = [
    ("connect-http1", "connect-es, Connect over HTTP/1.1"),
    (
        "connect-http1-json",
        "connect-es, Connect over HTTP/1.1 with JSON and GET",
    ),
    ("connect-http2", "connect-es, Connect over HTTP/2"),
    ("grpc", "connect-es, gRPC"),
    ("grpc-web-http1", "connect-es, gRPC-Web over HTTP/1.1"),
    ("grpc-web-http2", "connect-es, gRPC-Web over HTTP/2"),
];

/// Those that can send while they receive.
const DUPLEX: [&str; 3] = ["connect-http2", "grpc", "grpc-web-http2"];

/// Calls servers of the program with each of them.
pub(crate) fn check(
    workspace: &Workspace,
    packages: &Path,
    program: &PathBuf,
    checks: &mut Checks,
) -> Outcome {
    let emitted = workspace.path(EMITTED);
    for (transport, shown) in TRANSPORTS {
        checks.section(shown);
        let server = Server::start(program)?;
        let calls = script(workspace, packages, "connect_es_calls.mjs");
        let calls = calls.args(["users", transport, server.url()]);
        checks.client(calls.arg(emitted.join("descriptors.binpb")).run());
    }
    checks.section("grpc-js, from the emitted .proto files");
    let server = Server::start(program)?;
    let calls = script(workspace, packages, "grpc_js_calls.mjs");
    let calls = calls.args(["users", server.address()]);
    checks.client(calls.arg(emitted.join("proto")).run());
    Ok(())
}

/// Calls the server with every kind of procedure, with and without TLS.
pub(crate) fn shapes(
    workspace: &Workspace,
    packages: &Path,
    program: &Path,
    checks: &mut Checks,
) -> Outcome {
    let emitted = workspace.path(shapes::EMITTED);
    let descriptors = emitted.join("descriptors.binpb");
    let protos = emitted.join("proto");
    let connect_es = || script(workspace, packages, "connect_es_calls.mjs").arg("shapes");
    let grpc_js = || script(workspace, packages, "grpc_js_calls.mjs").arg("shapes");

    for (transport, shown) in TRANSPORTS {
        if !DUPLEX.contains(&transport) {
            continue;
        }
        let server = Shapes::start(workspace, program)?;
        checks.section(&format!("{shown}, every kind of call"));
        let plain = connect_es().args([transport, server.plain()]);
        checks.client(plain.arg(&descriptors).run());
        checks.section(&format!("{shown}, every kind of call in TLS"));
        let secured = connect_es().args([transport, server.secured()]);
        let secured = secured.arg(&descriptors).arg(server.certificate());
        checks.client(secured.run());
    }
    let server = Shapes::start(workspace, program)?;
    checks.section("grpc-js, every kind of call");
    let plain = grpc_js().arg(authority(server.plain())).arg(&protos);
    checks.client(plain.run());
    checks.section("grpc-js, every kind of call in TLS");
    let secured = grpc_js().arg(authority(server.secured())).arg(&protos);
    checks.client(secured.arg(server.certificate()).run());

    checks.section("grpc-web, in its text form");
    let server = Shapes::start(workspace, program)?;
    let calls = script(workspace, packages, "grpc_web_calls.mjs").arg(server.plain());
    checks.client(calls.arg(&protos).run());
    Ok(())
}

/// A script of `interop/`, which finds the packages.
fn script(workspace: &Workspace, packages: &Path, name: &str) -> Program {
    let script = workspace.path("interop").join(name);
    Program::new("node").arg(script).env("NODE_PATH", packages)
}

/// A URL without its scheme.
fn authority(url: &str) -> &str {
    url.split_once("://")
        .map_or(url, |(_, authority)| authority)
}
