//! How descriptors name things.

use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FieldDescriptorProto, MessageOptions, OneofDescriptorProto};

/// `users.v1.User`, without the dot that descriptors put in front.
pub(crate) fn type_name(field: &FieldDescriptorProto) -> &str {
    field.type_name().trim_start_matches('.')
}

/// The name in JSON: by the rule of protoc, unless the option `json_name` was given.
pub(crate) fn json_name(field: &FieldDescriptorProto) -> String {
    match &field.json_name {
        Some(name) => name.clone(),
        None => default_json_name(field.name()),
    }
}

/// The names by which JSON may call each of a message's fields, the one that is written first.
///
/// Where the plain name of one field is the JSON name of another, it means the other.
pub(crate) fn json_names(message: &DescriptorProto, field: &FieldDescriptorProto) -> Vec<String> {
    let mut names = vec![json_name(field)];
    let taken = message
        .field
        .iter()
        .any(|other| json_name(other) == field.name());
    if !taken {
        names.push(field.name().to_owned());
    }
    names
}

/// What a field called `name` is called in JSON unless `json_name` says otherwise: lowerCamelCase.
pub(crate) fn default_json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut word_starts = false;
    for letter in name.chars() {
        match letter {
            '_' => word_starts = true,
            _ if word_starts => {
                json.push(letter.to_ascii_uppercase());
                word_starts = false;
            }
            _ => json.push(letter),
        }
    }
    json
}

/// The oneof a field belongs to. The one that stands for a proto3 `optional` does not count.
pub(crate) fn oneof_name<'m>(
    message: &'m DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<&'m str> {
    if field.proto3_optional() {
        return None;
    }
    let index = usize::try_from(field.oneof_index?).ok()?;
    message
        .oneof_decl
        .get(index)
        .map(OneofDescriptorProto::name)
}

/// The name of a scalar type, `None` for messages, groups and enums.
pub(crate) fn scalar_name(field_type: Type) -> Option<&'static str> {
    Some(match field_type {
        Type::Double => "double",
        Type::Float => "float",
        Type::Int64 => "int64",
        Type::Uint64 => "uint64",
        Type::Int32 => "int32",
        Type::Fixed64 => "fixed64",
        Type::Fixed32 => "fixed32",
        Type::Bool => "bool",
        Type::String => "string",
        Type::Bytes => "bytes",
        Type::Uint32 => "uint32",
        Type::Sfixed32 => "sfixed32",
        Type::Sfixed64 => "sfixed64",
        Type::Sint32 => "sint32",
        Type::Sint64 => "sint64",
        Type::Message | Type::Group | Type::Enum => return None,
    })
}

pub(crate) fn is_map_entry(message: &DescriptorProto) -> bool {
    message
        .options
        .as_ref()
        .is_some_and(MessageOptions::map_entry)
}

/// `outer.name`; `name` where there is no outer.
pub(crate) fn join(outer: &str, name: &str) -> String {
    match outer.is_empty() {
        true => name.to_owned(),
        false => format!("{outer}.{name}"),
    }
}
