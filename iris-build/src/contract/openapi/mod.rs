//! Prints the OpenAPI document.

mod errors;
mod fields;
mod messages;
mod paths;

use super::error_detail;
use super::services::procedure_docs;
use crate::schema::{PayloadSource, Schema};
use crate::types::Types;
use prost_types::FileDescriptorSet;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The OpenAPI 3.1 document: procedures as the Connect protocol offers them over plain HTTP, and
/// their messages as ProtoJSON. Indented, keys in a fixed order, a line break at the end.
///
/// Beside what OpenAPI defines it has `x-iris-stream` on procedures that stream (OpenAPI 3.1 cannot
/// say how a sequence of messages looks), `x-iris-idempotency` on those that may be repeated,
/// `x-iris-oneofs` on messages, `x-iris-presence` on scalars and enums where leaving them out differs from
/// their default, and `x-iris-error-codes` with every code a call may fail with.
pub fn openapi(schema: &Schema) -> String {
    let document = document(schema);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn document(schema: &Schema) -> Value {
    let files = FileDescriptorSet {
        file: match error_detail::is_missing_in(schema) {
            true => [schema.files.file.as_slice(), &[error_detail::descriptor()]].concat(),
            false => schema.files.file.clone(),
        },
    };
    let types = Types::of(&files.file);
    let packages: BTreeSet<&str> = schema
        .remotes
        .iter()
        .map(|remote| remote.package.as_str())
        .collect();
    let packages: Vec<&str> = packages.into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": packages.join(", "),
            // The contract only ever grows; iris.lock sees to it.
            "version": "1",
            "description": DESCRIPTION,
        },
        "tags": tags(schema),
        "paths": paths::paths(schema),
        "components": {
            "parameters": paths::parameters(),
            "responses": errors::responses(),
            "schemas": schemas(schema, &types),
        },
        "x-iris-error-codes": errors::codes(schema),
    })
}

const DESCRIPTION: &str = "Remotes of Iris, called by the Connect protocol over HTTP/1.1 or \
HTTP/2. Messages are ProtoJSON: 64-bit integers are strings, bytes are base64, enums are names, fields \
with their default value may be left out. Unknown fields are ignored, and so are unknown names in enums: \
such a field is not set, such an entry of a list or a map is left out. An enum may also be sent as its \
number; a number that has no name is kept, and is a number in answers. The same paths answer gRPC.";

fn tags(schema: &Schema) -> Vec<Value> {
    schema
        .remotes
        .iter()
        .map(|remote| {
            let docs = procedure_docs(&remote.docs, remote.deprecation.as_ref());
            let mut tag = Map::new();
            tag.insert("name".to_owned(), remote.full_name().into());
            if !docs.is_empty() {
                tag.insert("description".to_owned(), docs.into());
            }
            Value::Object(tag)
        })
        .collect()
}

/// The messages and enums that procedures reach, the error detail, and the body of an error.
fn schemas(schema: &Schema, types: &Types<'_>) -> Map<String, Value> {
    let payloads = || {
        schema
            .remotes
            .iter()
            .flat_map(|remote| &remote.procedures)
            .flat_map(|procedure| [&procedure.request, &procedure.response])
    };
    let roots = payloads()
        .map(|payload| payload.message.as_str())
        .chain([error_detail::MESSAGE]);
    let reached = types.reach(roots, messages::has_own_json);
    let mut schemas = Map::new();
    let printed: BTreeSet<&str> = payloads()
        .filter(|payload| payload.source == PayloadSource::Printed)
        .map(|payload| payload.message.as_str())
        .collect();
    let names: BTreeSet<&str> = reached
        .messages
        .iter()
        .chain(&reached.enums)
        .map(String::as_str)
        .chain(printed)
        .collect();
    for name in names {
        let component = if let Some(message) = types.message(name) {
            messages::message(message, types)
        } else if let Some(enumeration) = types.enumeration(name) {
            messages::enumeration(enumeration, types)
        } else {
            json!({ "type": "object", "description": "Empty. Fields may come later." })
        };
        schemas.insert(name.to_owned(), component);
    }
    schemas.extend(errors::schemas());
    schemas
}

/// A reference to a message or an enum.
fn reference(full_name: &str) -> Map<String, Value> {
    let mut reference = Map::new();
    reference.insert(
        "$ref".to_owned(),
        format!("#/components/schemas/{full_name}").into(),
    );
    reference
}
