//! One path per procedure.

use super::{errors, reference};
use crate::contract::services::procedure_docs;
use crate::schema::{PayloadSource, Procedure, Remote, Schema};
use iris_model::{Idempotency, StreamKind};
use serde_json::{Map, Value, json};

const VERSION: &str = "connect-protocol-version";
const TIMEOUT: &str = "connect-timeout-ms";

pub(super) fn paths(schema: &Schema) -> Map<String, Value> {
    let mut paths = Map::new();
    for remote in &schema.remotes {
        for procedure in &remote.procedures {
            paths.insert(procedure.path(remote), path(remote, procedure));
        }
    }
    paths
}

/// The headers that every call may carry.
pub(super) fn parameters() -> Value {
    json!({
        VERSION: {
            "name": "Connect-Protocol-Version",
            "in": "header",
            "description": "Says that the caller speaks Connect.",
            "schema": { "type": "string", "enum": ["1"] },
        },
        TIMEOUT: {
            "name": "Connect-Timeout-Ms",
            "in": "header",
            "description": "How long the caller waits, in milliseconds. The call is given up then.",
            "schema": { "type": "integer", "minimum": 0, "maximum": 9_999_999_999_u64 },
        },
    })
}

fn path(remote: &Remote, procedure: &Procedure) -> Value {
    let mut path = Map::new();
    let is_unary = procedure.kind == StreamKind::Unary;
    if is_unary && procedure.idempotency == Idempotency::NoSideEffects {
        path.insert("get".to_owned(), get(remote, procedure));
    }
    let post = match is_unary {
        true => post(remote, procedure),
        false => stream(remote, procedure),
    };
    path.insert("post".to_owned(), post);
    Value::Object(path)
}

/// What all ways to call a procedure share.
fn operation(remote: &Remote, procedure: &Procedure, suffix: &str) -> Map<String, Value> {
    let mut operation = Map::new();
    operation.insert("tags".to_owned(), json!([remote.full_name()]));
    operation.insert(
        "operationId".to_owned(),
        format!("{}.{}{suffix}", remote.full_name(), procedure.name).into(),
    );
    let docs = procedure_docs(&procedure.docs, procedure.deprecation.as_ref());
    if let Some(summary) = docs.lines().next() {
        operation.insert("summary".to_owned(), summary.into());
    }
    if docs.lines().count() > 1 {
        operation.insert("description".to_owned(), docs.clone().into());
    }
    if procedure.deprecation.is_some() || remote.deprecation.is_some() {
        operation.insert("deprecated".to_owned(), true.into());
    }
    let idempotency = match procedure.idempotency {
        Idempotency::Unknown => None,
        Idempotency::NoSideEffects => Some("no_side_effects"),
        Idempotency::WithSideEffects => Some("with_side_effects"),
    };
    if let Some(idempotency) = idempotency {
        operation.insert("x-iris-idempotency".to_owned(), idempotency.into());
    }
    operation
}

fn post(remote: &Remote, procedure: &Procedure) -> Value {
    let mut operation = operation(remote, procedure, "");
    operation.insert("parameters".to_owned(), headers().into());
    operation.insert(
        "requestBody".to_owned(),
        json!({ "required": true, "content": unary_content(&procedure.request.message) }),
    );
    operation.insert("responses".to_owned(), unary_responses(procedure));
    Value::Object(operation)
}

/// Connect protocol, "Unary-Get-Request".
fn get(remote: &Remote, procedure: &Procedure) -> Value {
    let mut operation = operation(remote, procedure, ".get");
    // A procedure that takes no message is called without one.
    let is_needed = procedure.request.source == PayloadSource::Given;
    let description = match is_needed {
        true => "The request.",
        false => "The request. Without it, an empty one.",
    };
    let mut parameters = vec![
        json!({
            "name": "connect",
            "in": "query",
            "description": "Says that the caller speaks Connect.",
            "schema": { "type": "string", "enum": ["v1"] },
        }),
        json!({
            "name": "encoding",
            "in": "query",
            "description": "How `message` is written, and the answer.",
            "schema": { "type": "string", "enum": ["json", "proto"], "default": "json" },
        }),
        json!({
            "name": "message",
            "in": "query",
            "required": is_needed,
            "description": description,
            "content": { "application/json": { "schema": reference(&procedure.request.message) } },
        }),
        json!({
            "name": "base64",
            "in": "query",
            "description": "Set where `message` is base64, with the URL-safe alphabet: a binary message always is.",
            "schema": { "type": "string", "enum": ["1"] },
        }),
    ];
    parameters.push(json!({ "$ref": format!("#/components/parameters/{TIMEOUT}") }));
    operation.insert("parameters".to_owned(), parameters.into());
    operation.insert("responses".to_owned(), unary_responses(procedure));
    Value::Object(operation)
}

fn stream(remote: &Remote, procedure: &Procedure) -> Value {
    let (word, request, response) = match procedure.kind {
        StreamKind::Client => ("client", MANY, ONE),
        StreamKind::Bidirectional => ("bidirectional", MANY, MANY),
        StreamKind::Unary | StreamKind::Server => ("server", ONE, MANY),
    };
    let mut operation = operation(remote, procedure, "");
    operation.insert("x-iris-stream".to_owned(), word.into());
    operation.insert("parameters".to_owned(), headers().into());
    operation.insert(
        "requestBody".to_owned(),
        json!({
            "required": true,
            "description": format!("{request} in an envelope: a byte of flags, the length in four bytes, the message."),
            "content": stream_content(&procedure.request.message),
        }),
    );
    operation.insert(
        "responses".to_owned(),
        json!({
            "200": {
                "description": format!(
                    "{response} in an envelope, then one with flag 2 that ends the stream: `{{}}`, or `{{\"error\": ..}}` with the body of a failed call."
                ),
                "content": stream_content(&procedure.response.message),
            },
        }),
    );
    Value::Object(operation)
}

const ONE: &str = "One message";
const MANY: &str = "Any number of messages, each";

fn headers() -> Vec<Value> {
    [VERSION, TIMEOUT]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .into()
}

fn unary_responses(procedure: &Procedure) -> Value {
    json!({
        "200": {
            "description": "The call succeeded.",
            "content": unary_content(&procedure.response.message),
        },
        "default": errors::response(),
    })
}

fn unary_content(message: &str) -> Value {
    json!({
        "application/json": { "schema": reference(message) },
        // OpenAPI 3.1 leaves the schema of binary content out.
        "application/proto": {},
    })
}

fn stream_content(message: &str) -> Value {
    json!({
        "application/connect+json": { "schema": reference(message) },
        "application/connect+proto": {},
    })
}
