//! Refuses what would have one name twice in Rust: values of an enum, over which prost panics; fields of
//! a message, and types inside it, which would not compile.

use super::Error;
use crate::identifier;
use crate::types::{Types, is_map_entry};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto};
use std::collections::BTreeMap;

/// Checks every enum and message, and tells all that is found.
pub(crate) fn check(types: &Types<'_>) -> Result<(), Error> {
    let enums = types
        .enumerations()
        .filter_map(|(name, found)| collision(name, found.descriptor));
    let messages = types
        .messages()
        .flat_map(|(name, found)| in_message(name, found.descriptor));
    let problems: Vec<String> = enums.chain(messages).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Error(problems.join("\n"))),
    }
}

fn collision(name: &str, enumeration: &EnumDescriptorProto) -> Option<String> {
    let mut numbers = Vec::new();
    let mut variants = BTreeMap::new();
    for value in &enumeration.value {
        // Aliases have no variant of their own.
        if numbers.contains(&value.number()) {
            continue;
        }
        numbers.push(value.number());
        let variant = variant(enumeration.name(), value.name());
        if let Some(other) = variants.insert(variant.clone(), value.name()) {
            return Some(format!(
                "`{other}` and `{}` of the enum `{name}` would both be the variant `{variant}` in Rust; rename one of them",
                value.name()
            ));
        }
    }
    None
}

/// Fields of one name, and types inside the message of one name.
fn in_message(name: &str, message: &DescriptorProto) -> Vec<String> {
    let oneofs: Vec<&str> = (0..)
        .zip(&message.oneof_decl)
        .filter(|(index, _)| {
            // An `optional` of proto3 is a oneof to protobuf alone.
            !message
                .field
                .iter()
                .any(|field| field.oneof_index == Some(*index) && field.proto3_optional())
        })
        .map(|(_, oneof)| oneof.name())
        .collect();
    let plain = message
        .field
        .iter()
        .filter(|field| field.oneof_index.is_none() || field.proto3_optional())
        .map(FieldDescriptorProto::name);
    let fields = plain
        .chain(oneofs.iter().copied())
        .map(|field| (identifier::module(field), field));

    let nested = message
        .nested_type
        .iter()
        .filter(|nested| !is_map_entry(nested))
        .map(DescriptorProto::name);
    let nested: Vec<(String, &str)> = nested
        .chain(message.enum_type.iter().map(EnumDescriptorProto::name))
        .map(|name| (identifier::type_name(name), name))
        .collect();
    let oneof_types = oneofs.iter().map(|oneof| {
        let plain = identifier::type_name(oneof);
        // prost's way out where a message or enum has the name.
        let taken = nested.iter().any(|(name, _)| *name == plain);
        (
            if taken {
                format!("{plain}OneOf")
            } else {
                plain
            },
            *oneof,
        )
    });
    let types: Vec<(String, &str)> = oneof_types.chain(nested.iter().cloned()).collect();
    twice(fields, name, "field")
        .chain(twice(types, name, "type"))
        .collect()
}

fn twice<'a>(
    names: impl IntoIterator<Item = (String, &'a str)>,
    message: &str,
    what: &str,
) -> std::vec::IntoIter<String> {
    let mut seen = BTreeMap::new();
    let mut problems = Vec::new();
    for (rust, name) in names {
        if let Some(other) = seen.insert(rust.clone(), name) {
            problems.push(format!(
                "`{other}` and `{name}` of the message `{message}` would both be the {what} `{rust}` in Rust; rename one of them"
            ));
        }
    }
    problems.into_iter()
}

/// prost's name: in UpperCamelCase, without that of the enum before it.
pub(crate) fn variant(enumeration: &str, value: &str) -> String {
    let name = identifier::type_name(value);
    match name.strip_prefix(&identifier::type_name(enumeration)) {
        Some(rest) if rest.starts_with(char::is_uppercase) => rest.to_owned(),
        _ => name,
    }
}
