//! The body of a failed call, and the codes in it.

use super::error_detail;
use crate::schema::Schema;
use iris_model::Status;
use serde_json::{Map, Value, json};

/// The component that holds the body. No message has this name: it is no protobuf identifier.
const BODY: &str = "connect-error";

/// What the server raises itself: the number, the name in generated clients, the status, and when.
const OWN_CODES: [(i32, &str, Status, &str); 6] = [
    (
        901,
        "IrisProcedureNotFound",
        Status::Unimplemented,
        "No remote or procedure answers at that path.",
    ),
    (
        902,
        "IrisInternalServerError",
        Status::Internal,
        "The remote failed in a way it did not foresee. The cause is in its log, under the request id.",
    ),
    (
        910,
        "IrisInvalidRequestMessage",
        Status::InvalidArgument,
        "The remote received a message that does not decode.",
    ),
    (
        912,
        "IrisMessageMissing",
        Status::InvalidArgument,
        "The procedure needs a message and none was sent.",
    ),
    (
        913,
        "IrisMessageTooLarge",
        Status::ResourceExhausted,
        "A message is larger than its receiver allows.",
    ),
    (
        920,
        "IrisRejectedByFilter",
        Status::PermissionDenied,
        "A filter stopped the call.",
    ),
];

/// `x-iris-error-codes`: the user's codes and those of Iris that a server sends, by number.
pub(super) fn codes(schema: &Schema) -> Vec<Value> {
    let own = OWN_CODES.map(|(number, name, status, docs)| {
        let code = json!({
            "number": number,
            "name": name,
            "status": status.as_str(),
            "description": docs,
        });
        (number, code)
    });
    let mut codes: Vec<(i32, Value)> = own.into();
    for code in &schema.error_codes {
        let mut entry = Map::new();
        entry.insert("number".to_owned(), code.number.into());
        entry.insert("name".to_owned(), code.name.clone().into());
        entry.insert("status".to_owned(), code.status.as_str().into());
        if !code.docs.is_empty() {
            entry.insert("description".to_owned(), code.docs.clone().into());
        }
        if code.deprecated {
            entry.insert("deprecated".to_owned(), true.into());
        }
        codes.push((code.number, Value::Object(entry)));
    }
    codes.sort_by_key(|(number, _)| *number);
    codes.into_iter().map(|(_, code)| code).collect()
}

/// The response of every failed call that does not stream.
pub(super) fn responses() -> Value {
    json!({
        BODY: {
            "description": "The call failed. The HTTP status follows from `code`.",
            "content": {
                "application/json": { "schema": super::reference(BODY) },
            },
        },
    })
}

/// The schema of the body (Connect protocol, "Error End-Stream" and "Unary-Response").
pub(super) fn schemas() -> Map<String, Value> {
    let statuses: Vec<Value> = Status::ALL
        .into_iter()
        .map(|status| status.as_str().into())
        .collect();
    let detail = error_detail::MESSAGE;
    let mut schemas = Map::new();
    schemas.insert(
        BODY.to_owned(),
        json!({
            "type": "object",
            "description": format!(
                "A failed call. Where `details` has one of type `{detail}`, its `code` is the number in x-iris-error-codes."
            ),
            "required": ["code"],
            "properties": {
                "code": {
                    "type": "string",
                    "enum": statuses,
                    "description": "The canonical status.",
                },
                "message": {
                    "type": "string",
                    "description": "For developers and logs, never for end users.",
                },
                "details": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "value"],
                        "properties": {
                            "type": {
                                "type": "string",
                                "description": format!("The full name of the detail's message: `{detail}`."),
                            },
                            "value": {
                                "type": "string",
                                "contentEncoding": "base64",
                                "description": "The message in protobuf's binary encoding, without padding.",
                            },
                            "debug": {
                                "description": "The message as JSON, where the server sends it.",
                            },
                        },
                    },
                },
            },
        }),
    );
    schemas
}

/// A reference to the response in [`responses`].
pub(super) fn response() -> Value {
    json!({ "$ref": format!("#/components/responses/{BODY}") })
}
