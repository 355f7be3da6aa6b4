//! `cargo xtask interop`: clients nobody here wrote call the quickstart server, and one with every kind of procedure,
//! knowing no more than the `.proto` files and descriptors that their builds emitted; a validator reads OpenAPI documents.

pub(crate) mod aws;
mod buf;
mod buf_streams;
pub(crate) mod checks;
pub(crate) mod curl;
pub(crate) mod go;
mod grpcio;
mod lambda;
mod node;
mod openapi;
pub(crate) mod outcome;
mod readme;
mod reflection;
pub(crate) mod server;
pub(crate) mod shapes;
pub(crate) mod tools;

use crate::failure::Outcome;
use crate::workspace::Workspace;
use buf::Schema;
use checks::Checks;
use server::Server;

/// The folder with the emitted `.proto` files, descriptors and OpenAPI document.
const EMITTED: &str = "examples/quickstart/client";

/// What buf has the messages from.
const SCHEMAS: [Schema; 4] = [
    Schema::Emitted("descriptors.binpb"),
    Schema::Emitted("proto"),
    Schema::Reflected("grpc-v1"),
    Schema::Reflected("grpc-v1alpha"),
];

/// Builds the server and calls it with each client. Every client gets a server of its own.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let python = tools::python(workspace)?;
    let packages = tools::packages(workspace)?;
    let buf = tools::buf(&packages)?;
    tools::node()?;
    tools::curl(workspace)?;
    let program = server::build(workspace)?;

    let mut checks = Checks::default();
    checks.section("openapi-spec-validator, the emitted OpenAPI documents");
    openapi::check(workspace, &python, &mut checks);
    checks.section("grpcio, from the emitted .proto files");
    grpcio::check(workspace, &python, &Server::start(&program)?, &mut checks)?;
    node::check(workspace, &packages, &program, &mut checks)?;
    let every = shapes::build(workspace)?;
    node::shapes(workspace, &packages, &every, &mut checks)?;
    for schema in SCHEMAS {
        for protocol in ["connect", "grpc"] {
            checks.section(&format!("buf curl --protocol {protocol}, from {schema}"));
            let server = Server::start(&program)?;
            let client = buf::Client::new(workspace, &buf, schema, protocol, server.url());
            buf::check(&client, &mut checks)?;
        }
    }
    buf_streams::check(workspace, &buf, &every, &mut checks)?;
    reflection::check(workspace, &buf, &program, &mut checks)?;
    checks.section("curl");
    curl::check(Server::start(&program)?.url(), &mut checks)?;
    checks.section("curl, as README.md has it");
    readme::check(workspace, &Server::start(&program)?, &mut checks)?;
    checks.finish()
}
