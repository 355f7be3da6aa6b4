//! `cargo xtask interop-go`: connect-go and grpc-go call the quickstart server, and the one with every kind of procedure,
//! with messages built from the emitted descriptors; `iris-up` runs a function on aws-lambda-go.

use super::EMITTED;
use super::checks::Checks;
use super::lambda;
use super::server::{self, Server};
use super::shapes::{self, Shapes};
use crate::failure::Outcome;
use crate::go::{self, go};
use crate::program::Program;
use crate::workspace::Workspace;

/// The Go module with the calls.
const MODULE: &str = "interop/go";

/// The flags of its program, and how they are shown. Those with TLS trust the certificate that was made for the run.
const CLIENTS: [(&str, &str); 9] = [
    (
        "-protocol=connect -http1",
        "connect-go, Connect over HTTP/1.1",
    ),
    (
        "-protocol=connect -http1 -json",
        "connect-go, Connect over HTTP/1.1 with JSON and GET",
    ),
    ("-protocol=connect", "connect-go, Connect over HTTP/2"),
    (
        "-protocol=connect -json",
        "connect-go, Connect over HTTP/2 with JSON and GET",
    ),
    ("-protocol=grpc", "connect-go, gRPC"),
    ("-protocol=grpc -json", "connect-go, gRPC with JSON"),
    (
        "-protocol=grpc-web -http1",
        "connect-go, gRPC-Web over HTTP/1.1",
    ),
    ("-protocol=grpc-web", "connect-go, gRPC-Web over HTTP/2"),
    ("-protocol=grpc-go", "grpc-go"),
];

/// Builds servers and clients, and calls the ones with each of the others. Every client gets servers of its own.
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
    for (flags, shown) in CLIENTS {
        checks.section(shown);
        let server = Server::start(&program)?;
        let call = Program::new(&clients).args(flags.split(' '));
        let call = call.args(["users", server.url()]);
        let descriptors = workspace.path(EMITTED).join("descriptors.binpb");
        checks.client(call.arg(descriptors).run());
    }
    let program = shapes::build(workspace)?;
    for (flags, shown) in CLIENTS {
        let shapes = Shapes::start(workspace, &program)?;
        let call = || Program::new(&clients).args(flags.split(' '));
        let descriptors = workspace.path(shapes::EMITTED).join("descriptors.binpb");
        checks.section(&format!("{shown}, every kind of call"));
        let plain = call().args(["shapes", shapes.plain()]);
        checks.client(plain.arg(&descriptors).run());
        checks.section(&format!(
            "{shown}, every kind of call in TLS with requests in gzip"
        ));
        let secured = call()
            .args(["-gzip", "-authority"])
            .arg(shapes.certificate());
        let secured = secured.args(["shapes", shapes.secured()]);
        checks.client(secured.arg(&descriptors).run());
    }
    lambda::check(workspace, &mut checks)?;
    checks.finish()
}
