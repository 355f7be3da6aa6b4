//! Refuses enums of which two values would be one variant in Rust: prost panics over them.

use super::Error;
use super::descriptors::Descriptors;
use crate::identifier;
use prost_types::EnumDescriptorProto;
use std::collections::BTreeMap;

/// Checks every enum, and tells all that is found.
pub(crate) fn check(descriptors: &Descriptors<'_>) -> Result<(), Error> {
    let problems: Vec<String> = descriptors
        .enums
        .iter()
        .filter_map(|(name, enumeration)| collision(name, enumeration))
        .collect();
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

/// prost's name: in UpperCamelCase, without that of the enum before it.
fn variant(enumeration: &str, value: &str) -> String {
    let name = identifier::type_name(value);
    match name.strip_prefix(&identifier::type_name(enumeration)) {
        Some(rest) if rest.starts_with(char::is_uppercase) => rest.to_owned(),
        _ => name,
    }
}
