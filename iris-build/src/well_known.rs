//! The messages of `google.protobuf` as what a procedure takes or gives.
//!
//! Remotes of Iris's have messages of their own, which can grow. Other servers' may be these.

/// What this module's name for one of them begins with.
const PACKAGE: &str = "google.protobuf.";

/// The message without fields.
pub(crate) const EMPTY: &str = "google.protobuf.Empty";

/// Where clients find the types of prost-types.
const TYPES: &str = "iris_client::__private::prost_types";

/// The type in Rust of one of them, as a client crate writes it; `None` of every other message.
pub(crate) fn rust_type(message: &str) -> Option<String> {
    let name = message.strip_prefix(PACKAGE)?;
    // As prost has them.
    Some(match name {
        "Empty" => "()".to_owned(),
        "BoolValue" => "bool".to_owned(),
        "BytesValue" => "::std::vec::Vec<u8>".to_owned(),
        "DoubleValue" => "f64".to_owned(),
        "FloatValue" => "f32".to_owned(),
        "Int32Value" => "i32".to_owned(),
        "Int64Value" => "i64".to_owned(),
        "StringValue" => "::std::string::String".to_owned(),
        "UInt32Value" => "u32".to_owned(),
        "UInt64Value" => "u64".to_owned(),
        "Any" | "Duration" | "Timestamp" => format!("{TYPES}::{name}"),
        // They have no name there.
        "FieldMask"
        | "FileDescriptorProto"
        | "FileDescriptorSet"
        | "ListValue"
        | "Struct"
        | "Value" => format!("iris_client::json::WellKnown<{TYPES}::{name}>"),
        _ => return None,
    })
}

/// Whether clients can send and receive it as it is.
pub(crate) fn can_be_given(message: &str) -> bool {
    !message.starts_with(PACKAGE) || rust_type(message).is_some()
}
