//! What `buf curl` finds in the server by reflection, knowing nothing but its address.

use super::buf::{Client, Schema};
use super::checks::Checks;
use super::outcome::Answer;
use super::server::Server;
use crate::failure::Outcome;
use crate::workspace::Workspace;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The versions of the service, in buf's words.
const VERSIONS: [&str; 2] = ["grpc-v1", "grpc-v1alpha"];

/// Everything that the server serves.
const SERVICES: [&str; 5] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "users.v1.Sessions",
    "users.v1.Users",
];

/// Lists what there is, and asks for the server's health.
pub(crate) fn check(
    workspace: &Workspace,
    buf: &Path,
    program: &PathBuf,
    checks: &mut Checks,
) -> Outcome {
    let server = Server::start(program)?;
    for version in VERSIONS {
        let schema = Schema::Reflected(version);
        checks.section(&format!("buf curl, what there is from {schema}"));
        let client = Client::new(workspace, buf, schema, "grpc", server.url());
        checks.equal(
            "the services",
            &Answer::Message(json!(SERVICES)),
            &Answer::Message(json!(client.services()?)),
        );
        checks.equal(
            "grpc.health.v1.Health/Check",
            &Answer::Message(json!({ "status": "SERVING" })),
            &client.answer("grpc.health.v1.Health/Check")?,
        );
    }
    Ok(())
}
