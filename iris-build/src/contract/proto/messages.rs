//! Messages, their fields, and extensions.

use super::{Printer, child, options};
use crate::contract::types::{is_map_entry, join, oneof_name, scalar_name, tag, type_name};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto};
use std::collections::BTreeSet;

/// The largest field number, plus one: how descriptors spell `max`.
const MAX_END: i32 = 1 << 29;

/// The names of the messages in `place` that are groups of these fields: they are printed with them.
pub(super) fn groups<'f>(
    fields: impl IntoIterator<Item = &'f FieldDescriptorProto>,
    place: &str,
) -> BTreeSet<&'f str> {
    fields
        .into_iter()
        .filter(|field| field.r#type() == Type::Group)
        .filter_map(|field| {
            let (outer, name) = type_name(field)
                .rsplit_once('.')
                .unwrap_or(("", type_name(field)));
            (outer == place).then_some(name)
        })
        .collect()
}

impl Printer<'_> {
    pub(super) fn message(&mut self, message: &DescriptorProto, outer: &str, path: &[i32]) {
        self.comment(path);
        if message == &empty(message) {
            self.writer
                .line(&format!("message {} {{}}", message.name()));
            return;
        }
        self.writer.open(&format!("message {}", message.name()));
        self.message_body(message, outer, path);
        self.writer.close();
    }

    fn message_body(&mut self, message: &DescriptorProto, outer: &str, path: &[i32]) {
        let place = join(outer, message.name());
        for option in options::of_message(message) {
            self.writer.line(&format!("option {option};"));
        }
        self.fields(message, &place, path);
        let ranges = message
            .reserved_range
            .iter()
            .map(|range| options::range(range.start(), range.end() - 1, MAX_END - 1));
        self.reserved(ranges.collect(), &message.reserved_name);
        for range in &message.extension_range {
            let range = options::range(range.start(), range.end() - 1, MAX_END - 1);
            self.writer.line(&format!("extensions {range};"));
        }
        let groups = groups(message.field.iter().chain(&message.extension), &place);
        for (nested, index) in message.nested_type.iter().zip(0..) {
            if !is_map_entry(nested) && !groups.contains(nested.name()) {
                self.writer.blank();
                self.message(nested, &place, &child(path, tag::MESSAGE_MESSAGE, index));
            }
        }
        for (nested, index) in message.enum_type.iter().zip(0..) {
            self.writer.blank();
            self.enumeration(nested, &child(path, tag::MESSAGE_ENUM, index));
        }
        self.extensions(
            &message.extension,
            &message.nested_type,
            &place,
            &[path, &[tag::MESSAGE_EXTENSION]].concat(),
        );
    }

    fn fields(&mut self, message: &DescriptorProto, place: &str, path: &[i32]) {
        let mut open: Option<&str> = None;
        for (field, index) in message.field.iter().zip(0..) {
            let oneof = oneof_name(message, field);
            if oneof != open {
                if open.is_some() {
                    self.writer.close();
                }
                if let Some(name) = oneof {
                    let position = field.oneof_index.unwrap_or_default();
                    self.comment(&child(path, tag::MESSAGE_ONEOF, position));
                    self.writer.open(&format!("oneof {name}"));
                }
                open = oneof;
            }
            let path = child(path, tag::MESSAGE_FIELD, index);
            self.field(field, &message.nested_type, place, &path, oneof.is_some());
        }
        if open.is_some() {
            self.writer.close();
        }
    }

    fn field(
        &mut self,
        field: &FieldDescriptorProto,
        siblings: &[DescriptorProto],
        place: &str,
        path: &[i32],
        in_oneof: bool,
    ) {
        self.comment(path);
        let nested = |name: &str| {
            let inner = name.strip_prefix(place)?;
            let inner = inner.strip_prefix('.').unwrap_or(inner);
            siblings.iter().find(|message| message.name() == inner)
        };
        let referred = nested(type_name(field));
        let entry = referred.filter(|message| is_map_entry(message));
        let label = match field.label() {
            _ if in_oneof || entry.is_some() => "",
            Label::Repeated => "repeated ",
            Label::Required => "required ",
            Label::Optional if field.proto3_optional() || self.file.syntax() != "proto3" => {
                "optional "
            }
            Label::Optional => "",
        };
        let options = options::of_field(field);
        if field.r#type() == Type::Group
            && let Some(group) = referred
        {
            let head = format!(
                "{label}group {} = {}{options}",
                group.name(),
                field.number()
            );
            self.writer.open(&head);
            self.message_body(group, place, path);
            self.writer.close();
            return;
        }
        let type_text = match entry.map(|entry| entry.field.as_slice()) {
            Some([key, value]) => {
                // Where the entry stands the names mean what they mean where the field stands.
                let (key, value) = (self.type_text(key, place), self.type_text(value, place));
                format!("map<{key}, {value}>")
            }
            _ => self.type_text(field, place),
        };
        self.writer.line(&format!(
            "{label}{type_text} {} = {}{options};",
            field.name(),
            field.number()
        ));
    }

    fn type_text(&self, field: &FieldDescriptorProto, place: &str) -> String {
        match scalar_name(field.r#type()) {
            Some(name) => name.to_owned(),
            None => self.scope.write(field.type_name(), place),
        }
    }

    /// `path` leads to the list of extensions.
    pub(super) fn extensions(
        &mut self,
        extensions: &[FieldDescriptorProto],
        siblings: &[DescriptorProto],
        place: &str,
        path: &[i32],
    ) {
        let mut open: Option<&str> = None;
        for (extension, index) in extensions.iter().zip(0..) {
            if open != Some(extension.extendee()) {
                if open.is_some() {
                    self.writer.close();
                }
                self.writer.blank();
                let extended = self.scope.write(extension.extendee(), place);
                self.writer.open(&format!("extend {extended}"));
                open = Some(extension.extendee());
            }
            let path = [path, &[index]].concat();
            self.field(extension, siblings, place, &path, false);
        }
        if open.is_some() {
            self.writer.close();
        }
    }
}

fn empty(message: &DescriptorProto) -> DescriptorProto {
    DescriptorProto {
        name: message.name.clone(),
        ..DescriptorProto::default()
    }
}
