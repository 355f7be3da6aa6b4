//! Clients in JavaScript: connect-es, with messages built from the emitted descriptors, and grpc-js, with messages that
//! proto-loader builds from the emitted `.proto` files.

use super::EMITTED;
use super::checks::Checks;
use super::server::Server;
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

/// Calls servers of the program with each of them.
pub(crate) fn check(
    workspace: &Workspace,
    packages: &Path,
    program: &PathBuf,
    checks: &mut Checks,
) -> Outcome {
    let emitted = workspace.path(EMITTED);
    let script = |name: &str| {
        let script = workspace.path("interop").join(name);
        Program::new("node").arg(script).env("NODE_PATH", packages)
    };
    for (transport, shown) in TRANSPORTS {
        checks.section(shown);
        let server = Server::start(program)?;
        let calls = script("connect_es_calls.mjs").args([transport, server.url()]);
        checks.client(calls.arg(emitted.join("descriptors.binpb")).run());
    }
    checks.section("grpc-js, from the emitted .proto files");
    let server = Server::start(program)?;
    let calls = script("grpc_js_calls.mjs").arg(server.address());
    checks.client(calls.arg(emitted.join("proto")).run());
    Ok(())
}
