//! Messages and enums as JSON schemas.

use super::fields;
use crate::types::{Declared, Types, json_name, oneof_name, tag};
use prost_types::field_descriptor_proto::Label;
use prost_types::{DescriptorProto, EnumDescriptorProto, EnumOptions, MessageOptions};
use serde_json::{Map, Value, json};

/// Whether ProtoJSON gives the message a form of its own, so that its fields do not show.
pub(super) fn has_own_json(full_name: &str) -> bool {
    well_known(full_name).is_some()
}

/// The JSON form of the messages and the enum that ProtoJSON treats apart.
pub(super) fn well_known(full_name: &str) -> Option<Value> {
    let nullable = |scalar: &str| {
        let mut schema = fields::named_scalar(scalar);
        if let Some(kind) = schema.get_mut("type") {
            *kind = json!([kind.take(), "null"]);
        } else if let Some(Value::Array(forms)) = schema.get_mut("anyOf") {
            forms.push(json!({ "type": "null" }));
        }
        Value::Object(schema)
    };
    Some(match full_name.strip_prefix("google.protobuf.")? {
        "Timestamp" => json!({
            "type": "string",
            "format": "date-time",
            "examples": ["2026-01-31T12:00:00.5Z"],
        }),
        "Duration" => json!({
            "type": "string",
            "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$",
            "examples": ["1.5s"],
        }),
        "FieldMask" => json!({ "type": "string", "examples": ["name,address.city"] }),
        "Struct" => json!({ "type": "object", "additionalProperties": true }),
        "Value" => json!({ "description": "Any JSON value." }),
        "ListValue" => json!({ "type": "array", "items": {} }),
        "NullValue" => json!({ "type": "null" }),
        "Any" => json!({
            "type": "object",
            "description": "A message of the type that `@type` names, with its fields beside it.",
            "required": ["@type"],
            "properties": { "@type": { "type": "string" } },
            "additionalProperties": true,
        }),
        "Empty" => json!({ "type": "object" }),
        "DoubleValue" => nullable("double"),
        "FloatValue" => nullable("float"),
        "Int64Value" => nullable("int64"),
        "UInt64Value" => nullable("uint64"),
        "Int32Value" => nullable("int32"),
        "UInt32Value" => nullable("uint32"),
        "BoolValue" => nullable("bool"),
        "StringValue" => nullable("string"),
        "BytesValue" => nullable("bytes"),
        _ => return None,
    })
}

pub(super) fn message(message: &Declared<'_, DescriptorProto>, types: &Types<'_>) -> Value {
    let descriptor = message.descriptor;
    let mut properties = Map::new();
    let mut oneofs: Map<String, Value> = Map::new();
    let mut required = Vec::new();
    for (field, index) in descriptor.field.iter().zip(0..) {
        let name = json_name(field);
        let docs = types.comment(message, &[tag::MESSAGE_FIELD, index]);
        let mut schema = fields::field(field, docs, types);
        if fields::has_presence(message, field) {
            schema.insert("x-iris-presence".to_owned(), true.into());
        }
        properties.insert(name.clone(), Value::Object(schema));
        if field.label() == Label::Required {
            required.push(name.clone());
        }
        if let Some(oneof) = oneof_name(descriptor, field) {
            let members = oneofs
                .entry(oneof)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(members) = members {
                members.push(name.into());
            }
        }
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    let docs = with_oneofs(types.comment(message, &[]), &oneofs);
    if !docs.is_empty() {
        schema.insert("description".to_owned(), docs.into());
    }
    let deprecated = descriptor.options.as_ref();
    if deprecated.is_some_and(MessageOptions::deprecated) {
        schema.insert("deprecated".to_owned(), true.into());
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    if !oneofs.is_empty() {
        schema.insert("x-iris-oneofs".to_owned(), oneofs.into());
    }
    Value::Object(schema)
}

pub(super) fn enumeration(
    enumeration: &Declared<'_, EnumDescriptorProto>,
    types: &Types<'_>,
) -> Value {
    let descriptor = enumeration.descriptor;
    let mut paragraphs = vec![types.comment(enumeration, &[])];
    let mut list = Vec::new();
    for (value, index) in descriptor.value.iter().zip(0..) {
        let docs = types.comment(enumeration, &[tag::ENUM_VALUE, index]);
        if !docs.is_empty() {
            list.push(format!("- `{}`: {}", value.name(), docs.replace('\n', " ")));
        }
    }
    paragraphs.push(list.join("\n"));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "string".into());
    if !paragraphs.is_empty() {
        schema.insert("description".to_owned(), paragraphs.join("\n\n").into());
    }
    let deprecated = descriptor.options.as_ref();
    if deprecated.is_some_and(EnumOptions::deprecated) {
        schema.insert("deprecated".to_owned(), true.into());
    }
    let names: Vec<Value> = descriptor
        .value
        .iter()
        .map(|value| value.name().into())
        .collect();
    schema.insert("enum".to_owned(), names.into());
    Value::Object(schema)
}

/// JSON Schema could forbid two members at once, but tools that read OpenAPI make unions of it that
/// nobody wants to call; so it is said in words, and in `x-iris-oneofs` for programs.
fn with_oneofs(docs: String, oneofs: &Map<String, Value>) -> String {
    let mut paragraphs = vec![docs];
    for (oneof, members) in oneofs {
        let members: Vec<String> = members
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|member| format!("`{member}`"))
            .collect();
        paragraphs.push(format!("At most one of {} ({oneof}).", members.join(", ")));
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}
