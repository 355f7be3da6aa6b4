//! Whom a field with another type or label breaks.
//!
//! Binary compatibility follows protobuf's "Updating A Message Type"; JSON compatibility follows from
//! the JSON form of each type.

use super::callers::{Callers, Fate};
use super::live::{Field, Label};

/// Generated code has another type in every case.
pub(super) fn retyped(old: &Field, new: &Field) -> Callers {
    let (binary_label, json_label) = relabelled(old, new);
    Callers {
        binary: binary_label.and(binary(&old.kind, &new.kind)),
        json: json_label.and(json(&old.kind, &new.kind)),
        code: Fate::Breaks,
    }
}

/// The fates of binary and of JSON callers.
fn relabelled(old: &Field, new: &Field) -> (Fate, Fate) {
    match (old.label, new.label) {
        (one, two) if one == two => (Fate::Works, Fate::Works),
        (Label::Singular | Label::Optional, Label::Singular | Label::Optional) => {
            (Fate::Works, Fate::Works)
        }
        (_, Label::Required) | (Label::Required, _) | (_, Label::Map) | (Label::Map, _) => {
            (Fate::Breaks, Fate::Breaks)
        }
        (_, Label::Repeated) | (Label::Repeated, _) => {
            // Lists of numbers are packed, which is another encoding than one number alone.
            let binary = match is_length_delimited(&old.kind) && is_length_delimited(&new.kind) {
                true => Fate::works_while("the list has at most one element"),
                false => Fate::Breaks,
            };
            (binary, Fate::Breaks)
        }
    }
}

fn binary(old: &str, new: &str) -> Fate {
    let (old, new) = (Kind::of(old), Kind::of(new));
    match (&old, &new) {
        _ if old == new => Fate::Works,
        (Kind::Scalar("string" | "bytes"), Kind::Scalar("string" | "bytes")) => {
            Fate::works_while("the bytes are UTF-8")
        }
        (Kind::Message(_), Kind::Message(_)) => SAME_FIELDS.fate(),
        (Kind::Enum(_), Kind::Enum(_)) => SAME_VALUES.fate(),
        _ if old.encoding().is_some() && old.encoding() == new.encoding() => FITS.fate(),
        _ => Fate::Breaks,
    }
}

fn json(old: &str, new: &str) -> Fate {
    let (old, new) = (Kind::of(old), Kind::of(new));
    match (&old, &new) {
        _ if old == new => Fate::Works,
        (Kind::Message(_), Kind::Message(_)) => SAME_FIELDS.fate(),
        (Kind::Enum(_), Kind::Enum(_)) => SAME_VALUES.fate(),
        _ if old.json_form().is_some() && old.json_form() == new.json_form() => FITS.fate(),
        _ => Fate::Breaks,
    }
}

struct Condition(&'static str);

const FITS: Condition = Condition("the values fit both types");
const SAME_FIELDS: Condition = Condition("the fields of both messages agree");
const SAME_VALUES: Condition = Condition("the values of both enums agree");

impl Condition {
    fn fate(&self) -> Fate {
        Fate::works_while(self.0)
    }
}

const SCALARS: [&str; 15] = [
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes",
    "uint32", "sfixed32", "sfixed64", "sint32", "sint64",
];

#[derive(PartialEq, Eq)]
enum Kind<'k> {
    Scalar(&'k str),
    Enum(&'k str),
    Message(&'k str),
    /// Maps and groups are like nothing else.
    Other(&'k str),
}

impl<'k> Kind<'k> {
    fn of(kind: &'k str) -> Self {
        if let Some(name) = kind.strip_prefix("enum ") {
            Kind::Enum(name)
        } else if kind.starts_with("group ") || kind.starts_with("map<") {
            Kind::Other(kind)
        } else if SCALARS.contains(&kind) {
            Kind::Scalar(kind)
        } else {
            Kind::Message(kind)
        }
    }

    /// Types of one encoding read each other's bytes.
    fn encoding(&self) -> Option<&'static str> {
        match self {
            Kind::Enum(_) | Kind::Scalar("int32" | "int64" | "uint32" | "uint64" | "bool") => {
                Some("varint")
            }
            Kind::Scalar("sint32" | "sint64") => Some("zigzag"),
            Kind::Scalar("fixed32" | "sfixed32") => Some("fixed32"),
            Kind::Scalar("fixed64" | "sfixed64") => Some("fixed64"),
            _ => None,
        }
    }

    /// Types of one form look alike in JSON.
    fn json_form(&self) -> Option<&'static str> {
        match self {
            Kind::Scalar("int32" | "sint32" | "sfixed32" | "uint32" | "fixed32") => Some("integer"),
            Kind::Scalar("int64" | "sint64" | "sfixed64" | "uint64" | "fixed64") => {
                Some("integer in a string")
            }
            Kind::Scalar("float" | "double") => Some("number"),
            _ => None,
        }
    }
}

fn is_length_delimited(kind: &str) -> bool {
    matches!(
        Kind::of(kind),
        Kind::Message(_) | Kind::Scalar("string" | "bytes")
    )
}
