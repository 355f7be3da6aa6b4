//! `cargo xtask interop-go`: connect-go and grpc-go call the quickstart server, with messages built from the emitted
//! descriptors; `iris-up` runs a function on aws-lambda-go.

use super::EMITTED;
use super::checks::Checks;
use super::lambda;
use super::server::{self, Server};
use crate::failure::Outcome;
use crate::go::{self, go};
use crate::program::Program;
use crate::workspace::Workspace;

/// The Go module with the calls.
const MODULE: &str = "interop/go";

/// What its program takes for a client, and how that is shown.
const CLIENTS: [(&str, &str); 6] = [
    ("connect-http1", "connect-go, Connect over HTTP/1.1"),
    (
        "connect-http1-json",
        "connect-go, Connect over HTTP/1.1 with JSON and GET",
    ),
    ("connect-http2", "connect-go, Connect over HTTP/2"),
    ("grpc", "connect-go, gRPC"),
    ("grpc-web-http1", "connect-go, gRPC-Web over HTTP/1.1"),
    ("grpc-go", "grpc-go"),
];

/// Builds server and clients, and calls the one with each of the others. Every client gets a server of its own.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    go::needed_for(workspace, "connect-go and grpc-go")?;
    let clients = workspace.target(&format!("interop/go{}", std::env::consts::EXE_SUFFIX));
    let module = workspace.path(MODULE);
    let vet = go(workspace).args(["vet", "./..."]);
    vet.folder(&module).run()?;
    let build = go(workspace).args(["build", "-o"]).arg(&clients);
    build.folder(&module).run()?;
    let program = server::build(workspace)?;

    let mut checks = Checks::default();
    for (client, shown) in CLIENTS {
        checks.section(shown);
        let server = Server::start(&program)?;
        let call = Program::new(&clients).args([client, server.url()]);
        let descriptors = workspace.path(EMITTED).join("descriptors.binpb");
        checks.client(call.arg(descriptors).run());
    }
    lambda::check(workspace, &mut checks)?;
    checks.finish()
}
