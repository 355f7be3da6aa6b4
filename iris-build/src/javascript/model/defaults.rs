//! What fields hold that are always there and did not come, as JavaScript writes it.

use crate::javascript::literal::string;
use crate::types::{Types, type_name};
use prost_types::field_descriptor_proto::Type;
use prost_types::{EnumValueDescriptorProto, FieldDescriptorProto};
use std::fmt::Write;

/// The default of a `required` field. `None` where it is that of its type.
pub(super) fn of_required(field: &FieldDescriptorProto, types: &Types<'_>) -> Option<String> {
    let Some(value) = &field.default_value else {
        return of_enum(field, types);
    };
    Some(match field.r#type() {
        Type::String => string(value),
        Type::Bytes => array(&unescaped(value)),
        Type::Enum => number(field, Some(value), types)?.to_string(),
        // Descriptors that no compiler has made may write a number in ways that JavaScript does not.
        Type::Int64 | Type::Uint64 | Type::Sint64 | Type::Fixed64 | Type::Sfixed64 => {
            format!("{}n", value.parse::<i128>().ok()?)
        }
        Type::Float | Type::Double => float(value.parse().ok()?),
        Type::Bool => value.parse::<bool>().ok()?.to_string(),
        _ => value.parse::<i64>().ok()?.to_string(),
    })
}

fn float(value: f64) -> String {
    match value {
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        value if value.is_nan() => "NaN".to_owned(),
        value => {
            // Whichever is shorter: 1.5, or 1e300.
            let (plain, scientific) = (value.to_string(), format!("{value:e}"));
            if scientific.len() < plain.len() {
                scientific
            } else {
                plain
            }
        }
    }
}

/// The default of an enum: its first value, which in proto2 may be any. `None` where it is 0, as of all else.
pub(super) fn of_enum(field: &FieldDescriptorProto, types: &Types<'_>) -> Option<String> {
    let number = number(field, None, types).filter(|number| *number != 0);
    number.map(|number| number.to_string())
}

/// The number of an enum's value, of the first where none is named.
fn number(field: &FieldDescriptorProto, name: Option<&str>, types: &Types<'_>) -> Option<i32> {
    if field.r#type() != Type::Enum {
        return None;
    }
    let mut values = types.enumeration(type_name(field))?.descriptor.value.iter();
    let found = values.find(|value| name.is_none_or(|name| value.name() == name));
    found.map(EnumValueDescriptorProto::number)
}

fn array(bytes: &[u8]) -> String {
    let mut text = "new Uint8Array([".to_owned();
    for (index, byte) in bytes.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{byte}");
    }
    text + "])"
}

/// The bytes that descriptors write as C does (`descriptor.proto`, `default_value`).
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&letter, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        let (digits, radix) = match letter {
            b'x' | b'X' => (digits(rest, 2, 16), 16),
            b'0'..=b'7' => {
                // The digit that was looked at is one of them.
                rest = &text.as_bytes()[text.len() - rest.len() - 1..];
                (digits(rest, 3, 8), 8)
            }
            _ => {
                bytes.push(match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    other => other,
                });
                continue;
            }
        };
        rest = &rest[digits.len()..];
        bytes.push(u8::from_str_radix(digits, radix).unwrap_or_default());
    }
    bytes
}

/// So many digits at most.
fn digits(text: &[u8], most: usize, radix: u32) -> &str {
    let digits = text
        .iter()
        .take(most)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    // Digits are ASCII.
    std::str::from_utf8(&text[..digits]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_c_writes_them() {
        assert_eq!(unescaped(r"\001\377a\n\x41\\\"), b"\x01\xffa\nA\\");
        assert_eq!(array(&[1, 255]), "new Uint8Array([1, 255])");
    }

    #[test]
    fn numbers_are_written_as_javascript_reads_them() {
        let types = Types::of([]);
        let default = |kind: Type, value: &str| {
            let field = FieldDescriptorProto {
                r#type: Some(kind.into()),
                default_value: Some(value.to_owned()),
                ..FieldDescriptorProto::default()
            };
            of_required(&field, &types).unwrap_or_default()
        };
        for (kind, written, expected) in [
            (Type::Int32, "007", "7"),
            (Type::Sint32, "-3", "-3"),
            (Type::Int64, "+5", "5n"),
            (
                Type::Uint64,
                "18446744073709551615",
                "18446744073709551615n",
            ),
            (Type::Double, "infinity", "Infinity"),
            (Type::Double, "-inf", "-Infinity"),
            (Type::Float, "NaN", "NaN"),
            (Type::Float, "1.5", "1.5"),
            (Type::Double, "1e300", "1e300"),
            (Type::Bool, "true", "true"),
            (Type::Int32, "alert()", ""),
        ] {
            assert_eq!(default(kind, written), expected, "{written}");
        }
    }
}
