//! Protobuf's own options as text. Options that extend them are not in the descriptors at hand.

use crate::contract::types::default_json_name;
use prost_types::field_descriptor_proto::Type;
use prost_types::field_options::{CType, JsType};
use prost_types::file_options::OptimizeMode;
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    MethodDescriptorProto,
};

pub(super) fn of_file(file: &FileDescriptorProto) -> Vec<String> {
    let Some(options) = &file.options else {
        return Vec::new();
    };
    let texts = [
        ("java_package", &options.java_package),
        ("java_outer_classname", &options.java_outer_classname),
        ("go_package", &options.go_package),
        ("objc_class_prefix", &options.objc_class_prefix),
        ("csharp_namespace", &options.csharp_namespace),
        ("swift_prefix", &options.swift_prefix),
        ("php_class_prefix", &options.php_class_prefix),
        ("php_namespace", &options.php_namespace),
        ("php_metadata_namespace", &options.php_metadata_namespace),
        ("ruby_package", &options.ruby_package),
    ];
    let switches = [
        ("java_multiple_files", options.java_multiple_files),
        ("java_string_check_utf8", options.java_string_check_utf8),
        ("cc_generic_services", options.cc_generic_services),
        ("java_generic_services", options.java_generic_services),
        ("py_generic_services", options.py_generic_services),
        ("deprecated", options.deprecated),
        ("cc_enable_arenas", options.cc_enable_arenas),
    ];
    let mode = options
        .optimize_for
        .and_then(|mode| OptimizeMode::try_from(mode).ok())
        .map(|mode| format!("optimize_for = {}", mode.as_str_name()));
    let texts = texts.into_iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(format!("{name} = {}", quoted(value)))
    });
    texts.chain(set(switches)).chain(mode).collect()
}

pub(super) fn of_message(message: &DescriptorProto) -> Vec<String> {
    let Some(options) = &message.options else {
        return Vec::new();
    };
    set([
        ("message_set_wire_format", options.message_set_wire_format),
        (
            "no_standard_descriptor_accessor",
            options.no_standard_descriptor_accessor,
        ),
        ("deprecated", options.deprecated),
    ])
    .collect()
}

pub(super) fn of_enum(enumeration: &EnumDescriptorProto) -> Vec<String> {
    let Some(options) = &enumeration.options else {
        return Vec::new();
    };
    set([
        ("allow_alias", options.allow_alias),
        ("deprecated", options.deprecated),
    ])
    .collect()
}

pub(super) fn of_method(method: &MethodDescriptorProto) -> Vec<String> {
    let Some(options) = &method.options else {
        return Vec::new();
    };
    let level = options
        .idempotency_level
        .and_then(|level| IdempotencyLevel::try_from(level).ok())
        .map(|level| format!("idempotency_level = {}", level.as_str_name()));
    set([("deprecated", options.deprecated)])
        .chain(level)
        .collect()
}

/// ` [deprecated = true]`, or nothing.
pub(super) fn of_field(field: &FieldDescriptorProto) -> String {
    let mut written = Vec::new();
    if let Some(value) = &field.default_value {
        let value = match field.r#type() {
            Type::String => quoted(value),
            // Descriptors keep the bytes escaped.
            Type::Bytes => format!("\"{value}\""),
            _ => value.clone(),
        };
        written.push(format!("default = {value}"));
    }
    // An extension's JSON name is not its author's to choose.
    let json_name = field.json_name.as_ref().filter(|json_name| {
        field.extendee.is_none() && **json_name != default_json_name(field.name())
    });
    if let Some(json_name) = json_name {
        written.push(format!("json_name = {}", quoted(json_name)));
    }
    if let Some(options) = &field.options {
        if let Some(ctype) = options.ctype.and_then(|value| CType::try_from(value).ok()) {
            written.push(format!("ctype = {}", ctype.as_str_name()));
        }
        if let Some(jstype) = options
            .jstype
            .and_then(|value| JsType::try_from(value).ok())
        {
            written.push(format!("jstype = {}", jstype.as_str_name()));
        }
        written.extend(set([
            ("packed", options.packed),
            ("lazy", options.lazy),
            ("deprecated", options.deprecated),
            ("weak", options.weak),
        ]));
    }
    match written.is_empty() {
        true => String::new(),
        false => format!(" [{}]", written.join(", ")),
    }
}

/// `5`, `5 to 9` or `5 to max`; the end is part of the range.
pub(super) fn range(start: i32, end: i32, max: i32) -> String {
    if start == end {
        start.to_string()
    } else if end == max {
        format!("{start} to max")
    } else {
        format!("{start} to {end}")
    }
}

fn set<const N: usize>(
    switches: [(&'static str, Option<bool>); N],
) -> impl Iterator<Item = String> {
    switches
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} = {}", value?)))
}

/// A string literal of the protobuf language.
fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for letter in text.chars() {
        match letter {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            control if control.is_control() && control.is_ascii() => {
                literal.push_str(&format!("\\{:03o}", u32::from(control)));
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}
