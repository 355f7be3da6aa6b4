//! Enums.

use crate::javascript::names::Names;
use crate::messages::variant;
use crate::types::{Declared, Types, tag};
use prost_types::{EnumDescriptorProto, EnumOptions, EnumValueOptions};

/// An enum.
#[derive(Debug)]
pub(in crate::javascript) struct Enumeration {
    pub(in crate::javascript) name: String,
    pub(in crate::javascript) full_name: String,
    pub(in crate::javascript) docs: String,
    pub(in crate::javascript) deprecated: bool,
    pub(in crate::javascript) values: Vec<Value>,
}

/// A value of an enum.
#[derive(Debug)]
pub(in crate::javascript) struct Value {
    /// As in Rust: `Admin` of `ROLE_ADMIN`.
    pub(in crate::javascript) name: String,
    pub(in crate::javascript) number: i32,
    pub(in crate::javascript) docs: String,
    pub(in crate::javascript) deprecated: bool,
}

impl Enumeration {
    pub(super) fn of(
        full_name: &str,
        declared: &Declared<'_, EnumDescriptorProto>,
        types: &Types<'_>,
        names: &Names,
    ) -> Self {
        let descriptor = declared.descriptor;
        let mut values: Vec<Value> = Vec::new();
        for (value, index) in descriptor.value.iter().zip(0..) {
            let number = value.number();
            // Another name for a value has none of its own in Rust either.
            if values.iter().any(|other| other.number == number) {
                continue;
            }
            let options = value.options.as_ref();
            values.push(Value {
                name: variant(descriptor.name(), value.name()),
                number,
                docs: types.comment(declared, &[tag::ENUM_VALUE, index]),
                deprecated: options.is_some_and(EnumValueOptions::deprecated),
            });
        }
        let options = descriptor.options.as_ref();
        Enumeration {
            name: names.type_name(full_name).to_owned(),
            full_name: full_name.to_owned(),
            docs: types.comment(declared, &[]),
            deprecated: options.is_some_and(EnumOptions::deprecated),
            values,
        }
    }
}
