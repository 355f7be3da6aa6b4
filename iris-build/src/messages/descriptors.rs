//! Descriptors by full name.

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use std::collections::BTreeMap;

/// Descriptors by full name, without a leading dot.
#[derive(Debug, Default)]
pub(crate) struct Descriptors<'a> {
    /// Entries of maps among them.
    pub(crate) messages: BTreeMap<String, &'a DescriptorProto>,
    pub(crate) enums: BTreeMap<String, &'a EnumDescriptorProto>,
    /// The message that each oneof stands in.
    pub(crate) oneofs: BTreeMap<String, &'a DescriptorProto>,
}

impl<'a> Descriptors<'a> {
    pub(crate) fn of(files: &[&'a FileDescriptorProto]) -> Self {
        let mut all = Descriptors::default();
        for file in files {
            for message in &file.message_type {
                all.add_message(file.package(), message);
            }
            for enumeration in &file.enum_type {
                all.enums
                    .insert(join(file.package(), enumeration.name()), enumeration);
            }
        }
        all
    }

    fn add_message(&mut self, scope: &str, message: &'a DescriptorProto) {
        let name = join(scope, message.name());
        for nested in &message.nested_type {
            self.add_message(&name, nested);
        }
        for enumeration in &message.enum_type {
            self.enums
                .insert(join(&name, enumeration.name()), enumeration);
        }
        for oneof in &message.oneof_decl {
            self.oneofs.insert(join(&name, oneof.name()), message);
        }
        self.messages.insert(name, message);
    }

    /// The key and the value of a map; `None` for any other field.
    pub(crate) fn map_entry(
        &self,
        field: &FieldDescriptorProto,
    ) -> Option<(&'a FieldDescriptorProto, &'a FieldDescriptorProto)> {
        if field.label() != Label::Repeated || field.r#type() != Type::Message {
            return None;
        }
        let entry = self
            .messages
            .get(field.type_name().trim_start_matches('.'))?;
        let is_entry = entry
            .options
            .as_ref()
            .is_some_and(prost_types::MessageOptions::map_entry);
        match &entry.field[..] {
            [key, value] if is_entry => Some((key, value)),
            _ => None,
        }
    }
}

fn join(scope: &str, name: &str) -> String {
    match scope {
        "" => name.to_owned(),
        scope => format!("{scope}.{name}"),
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

/// lowerCamelCase by the rule of protoc, unless the option `json_name` was given.
fn json_name(field: &FieldDescriptorProto) -> String {
    if let Some(name) = &field.json_name {
        return name.clone();
    }
    let mut camel = String::with_capacity(field.name().len());
    let mut word_starts = false;
    for letter in field.name().chars() {
        match letter {
            '_' => word_starts = true,
            letter if word_starts => {
                camel.push(letter.to_ascii_uppercase());
                word_starts = false;
            }
            letter => camel.push(letter),
        }
    }
    camel
}
