//! Fields as JSON schemas: the JSON form of every type (ProtoJSON, "JSON Mapping").

use super::{messages, reference};
use crate::types::{Declared, Types, oneof_name, scalar_name, type_name};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FieldOptions};
use serde_json::{Map, Value, json};

pub(super) fn field(
    field: &FieldDescriptorProto,
    docs: String,
    types: &Types<'_>,
) -> Map<String, Value> {
    let mut schema = if let Some((key, value)) = types.map_entry(field) {
        map(key, value)
    } else if field.label() == Label::Repeated {
        object(json!({ "type": "array", "items": single(field) }))
    } else {
        single(field)
    };
    if !docs.is_empty() {
        schema.insert("description".to_owned(), docs.into());
    }
    let options = field.options.as_ref();
    if options.is_some_and(FieldOptions::deprecated) {
        schema.insert("deprecated".to_owned(), true.into());
    }
    schema
}

/// Whether leaving out the scalar or the enum differs from its default: an `optional` one of proto3 or proto2.
///
/// Messages and members of a oneof have presence as well, which goes without saying.
pub(super) fn has_presence(
    message: &Declared<'_, DescriptorProto>,
    field: &FieldDescriptorProto,
) -> bool {
    let is_message = matches!(field.r#type(), Type::Message | Type::Group);
    let is_optional = field.proto3_optional()
        || message.file.syntax() != "proto3" && field.label() == Label::Optional;
    is_optional && !is_message && oneof_name(message.descriptor, field).is_none()
}

/// The JSON form of a scalar by its name in the protobuf language.
pub(super) fn named_scalar(name: &str) -> Map<String, Value> {
    object(match name {
        "double" | "float" => json!({
            "anyOf": [
                { "type": "number", "format": name },
                { "type": "string", "enum": ["NaN", "Infinity", "-Infinity"] },
            ],
        }),
        "int32" | "sint32" | "sfixed32" => json!({ "type": "integer", "format": "int32" }),
        "uint32" | "fixed32" => json!({ "type": "integer", "format": "uint32", "minimum": 0 }),
        "int64" | "sint64" | "sfixed64" => {
            json!({ "type": "string", "format": "int64", "pattern": "^-?[0-9]+$" })
        }
        "uint64" | "fixed64" => {
            json!({ "type": "string", "format": "uint64", "pattern": "^[0-9]+$" })
        }
        "bool" => json!({ "type": "boolean" }),
        "bytes" => json!({ "type": "string", "contentEncoding": "base64" }),
        _ => json!({ "type": "string" }),
    })
}

fn single(field: &FieldDescriptorProto) -> Map<String, Value> {
    match scalar_name(field.r#type()) {
        Some(name) => named_scalar(name),
        None => match messages::well_known(type_name(field)) {
            Some(schema) => object(schema),
            None => reference(type_name(field)),
        },
    }
}

/// Keys of JSON objects are strings, so other keys are written as such.
fn map(key: &FieldDescriptorProto, value: &FieldDescriptorProto) -> Map<String, Value> {
    let names = match key.r#type() {
        Type::String => None,
        Type::Bool => Some(json!({ "enum": ["true", "false"] })),
        Type::Uint32 | Type::Uint64 | Type::Fixed32 | Type::Fixed64 => {
            Some(json!({ "pattern": "^[0-9]+$" }))
        }
        _ => Some(json!({ "pattern": "^-?[0-9]+$" })),
    };
    let mut schema = object(json!({ "type": "object" }));
    if let Some(names) = names {
        schema.insert("propertyNames".to_owned(), names);
    }
    schema.insert("additionalProperties".to_owned(), single(value).into());
    schema
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
