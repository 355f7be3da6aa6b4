//! What printers take for granted, since no compiler of `.proto` files makes anything else. A server may say anything.
//!
//! Names become Rust and JavaScript: one that is no name would be code of the server's in its callers' programs.

use crate::error::{Problem, Problems};
use crate::types::is_map_entry;
use prost_types::field_descriptor_proto::Label;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

/// Checks all that is not checked where names are looked up.
pub(super) fn check(files: &[FileDescriptorProto], problems: &mut Problems) {
    for file in files {
        if !is_shown_as_it_is(file.name()) {
            problems.add(Problem::new(format!(
                "{:?} is no name of a .proto file",
                file.name()
            )));
            continue;
        }
        match file.syntax.as_deref() {
            None | Some("proto2" | "proto3") => {}
            Some("editions") => problems.add(Problem::in_file(
                file.name(),
                "is written in an edition of protobuf, which is not read yet; proto2 and proto3 are",
            )),
            Some(other) => problems.add(Problem::in_file(
                file.name(),
                format!("is written in {other:?}, which is no syntax of protobuf"),
            )),
        }
        let mut names = Names { file, problems };
        if !file.package().is_empty() {
            file.package().split('.').for_each(|part| names.check(part));
        }
        for message in &file.message_type {
            names.message(message);
        }
        for enumeration in &file.enum_type {
            names.enumeration(enumeration);
        }
        for service in &file.service {
            names.check(service.name());
            for method in &service.method {
                names.check(method.name());
            }
        }
    }
}

/// The names of one file.
struct Names<'a> {
    file: &'a FileDescriptorProto,
    problems: &'a mut Problems,
}

impl Names<'_> {
    fn message(&mut self, message: &DescriptorProto) {
        self.check(message.name());
        for field in &message.field {
            self.check(field.name());
        }
        for oneof in &message.oneof_decl {
            self.check(oneof.name());
        }
        if is_map_entry(message) && !is_entry(message) {
            self.add(&format!(
                "`{}` is no entry of a map, and says that it is one",
                message.name()
            ));
        }
        for nested in &message.nested_type {
            self.message(nested);
        }
        for nested in &message.enum_type {
            self.enumeration(nested);
        }
    }

    fn enumeration(&mut self, enumeration: &EnumDescriptorProto) {
        self.check(enumeration.name());
        for value in &enumeration.value {
            self.check(value.name());
        }
    }

    fn check(&mut self, name: &str) {
        if !is_name(name) {
            self.add(&format!("{name:?} is no name in protobuf"));
        }
    }

    fn add(&mut self, text: &str) {
        self.problems.add(Problem::in_file(self.file.name(), text));
    }
}

/// A letter or `_`, then letters, digits and `_` (protobuf, "Lexical Elements").
pub(super) fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let mut bytes = name.bytes();
    bytes.next().is_some_and(letter) && bytes.all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// Whether a terminal shows it, and does nothing else.
fn is_shown_as_it_is(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// Whether a message is what a map's entry is: a key and a value.
fn is_entry(message: &DescriptorProto) -> bool {
    let is = |field: &FieldDescriptorProto, name: &str, number: i32| {
        field.name() == name && field.number() == number && field.label() == Label::Optional
    };
    match &message.field[..] {
        [key, value] => {
            is(key, "key", 1)
                && is(value, "value", 2)
                && message.nested_type.is_empty()
                && message.enum_type.is_empty()
                && message.oneof_decl.is_empty()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_and_digits() {
        for name in ["User", "_user", "v1", "_"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1st", "a b", "a.b", "a{}", "größe", "a\n"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
