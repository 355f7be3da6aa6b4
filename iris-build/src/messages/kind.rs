//! Which of `iris_core::json`'s kinds a value has.

use super::syntax;
use proc_macro2::TokenStream;
use prost_types::FieldDescriptorProto;
use prost_types::field_descriptor_proto::Type;
use quote::{format_ident, quote};

/// The kind of a field's values: `ty` is the type of one of them, `enumeration` its enum if it is one.
pub(crate) fn kind(
    field: &FieldDescriptorProto,
    ty: &syn::Type,
    enumeration: Option<&syn::Path>,
    runtime: &syn::Path,
) -> TokenStream {
    if let Some(inner) = syntax::inside(ty, "Box") {
        let inner = kind(field, inner, enumeration, runtime);
        return quote!(#runtime::json::Boxed<#inner>);
    }
    let name = match field.r#type() {
        Type::Enum => match (field.type_name(), enumeration) {
            (".google.protobuf.NullValue", _) => "NullValue",
            (name, Some(enumeration)) if !name.starts_with(".google.protobuf.") => {
                return quote!(#runtime::json::Enum<#enumeration>);
            }
            // The enums that describe .proto files have no names here.
            _ => "Int32",
        },
        Type::Message | Type::Group => match well_known(field.type_name()) {
            Some(name) => name,
            // `()`, which has no fields.
            None if field.type_name() == ".google.protobuf.Empty" => {
                return quote!(#runtime::json::Message<#ty>);
            }
            None if field.type_name().starts_with(".google.protobuf.") => {
                return quote!(#runtime::json::Unsupported<#ty>);
            }
            None => return quote!(#runtime::json::Message<#ty>),
        },
        Type::Bool => "Bool",
        Type::Int32 | Type::Sint32 | Type::Sfixed32 => "Int32",
        Type::Int64 | Type::Sint64 | Type::Sfixed64 => "Int64",
        Type::Uint32 | Type::Fixed32 => "Uint32",
        Type::Uint64 | Type::Fixed64 => "Uint64",
        Type::Float => "Float",
        Type::Double => "Double",
        Type::String => "Text",
        Type::Bytes => "Bytes",
    };
    let name = format_ident!("{name}");
    quote!(#runtime::json::#name)
}

/// The kind of a well-known type. Wrappers are values that are there or not, so they have their value's.
fn well_known(type_name: &str) -> Option<&'static str> {
    Some(match type_name.strip_prefix(".google.protobuf.")? {
        "Any" => "Any",
        "Duration" => "Duration",
        "FieldMask" => "FieldMask",
        "ListValue" => "ListValue",
        "Struct" => "Struct",
        "Timestamp" => "Timestamp",
        "Value" => "Value",
        "BoolValue" => "Bool",
        "BytesValue" => "ByteVec",
        "DoubleValue" => "Double",
        "FloatValue" => "Float",
        "Int32Value" => "Int32",
        "Int64Value" => "Int64",
        "StringValue" => "Text",
        "UInt32Value" => "Uint32",
        "UInt64Value" => "Uint64",
        _ => return None,
    })
}
