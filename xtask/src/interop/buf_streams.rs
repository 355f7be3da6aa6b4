//! `buf curl` in TLS: every kind of call of the server that has them all, from its emitted descriptors.

use super::checks::Checks;
use super::outcome::Answer;
use super::shapes::{EMITTED, Shapes};
use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use serde_json::{Deserializer, Value, json};
use std::fs;
use std::path::Path;

/// In buf's words. HTTP/2 is what its client and the server agree upon.
const PROTOCOLS: [&str; 3] = ["connect", "grpc", "grpcweb"];

/// Sends streams, which buf reads from a file, and receives some.
pub(crate) fn check(
    workspace: &Workspace,
    buf: &Path,
    program: &Path,
    checks: &mut Checks,
) -> Outcome {
    let file = workspace.target("interop/requests.json");
    let call = |server: &Shapes, protocol: &str, procedure: &str, requests: &[Value]| {
        let requests: Vec<String> = requests.iter().map(Value::to_string).collect();
        fs::write(&file, requests.join("\n"))
            .map_err(|error| Failure::during(file.display(), error))?;
        let printed = Program::new(buf)
            .args(["curl", "--protocol", protocol, "--schema"])
            .arg(workspace.path(EMITTED).join("descriptors.binpb"))
            .arg("--cacert")
            .arg(server.certificate())
            .args(["--data", &format!("@{}", file.display())])
            .arg(format!(
                "{}/testing.v1.Shapes/{procedure}",
                server.secured()
            ))
            .stdout()?;
        let messages: Result<Vec<Value>, _> =
            Deserializer::from_str(&printed).into_iter().collect();
        let messages =
            messages.map_err(|error| Failure::during(format!("buf printed {printed:?}"), error))?;
        Ok(Answer::Message(Value::from(messages)))
    };
    let (one, two) = (json!({ "text": "one" }), json!({ "text": "two" }));
    let calls = [
        ("Echo", vec![one.clone()], json!([one])),
        (
            "Count",
            vec![json!({ "from": 3, "to": 5, "failAt": -1 })],
            json!([{ "number": "3" }, { "number": "4" }]),
        ),
        (
            "Sum",
            vec![json!({ "number": 40 }), json!({ "number": 2 })],
            json!([{ "number": "42" }]),
        ),
        (
            "Chat",
            vec![one, two],
            json!([{ "text": "ONE" }, { "text": "TWO" }]),
        ),
    ];
    for protocol in PROTOCOLS {
        checks.section(&format!("buf curl --protocol {protocol} in TLS"));
        let server = Shapes::start(workspace, program)?;
        for (procedure, requests, expected) in &calls {
            checks.equal(
                &format!("Shapes/{procedure}"),
                &Answer::Message(expected.clone()),
                &call(&server, protocol, procedure, requests)?,
            );
        }
    }
    Ok(())
}
