//! Prints descriptors as `.proto` text.

mod enums;
mod messages;
mod options;
mod scope;
mod services;
mod writer;

pub(crate) use scope::Scope;

use super::GENERATED;
use super::types::tag;
use prost_types::FileDescriptorProto;
use prost_types::source_code_info::Location;
use std::collections::HashMap;
use writer::Writer;

/// The text of a file. Compiled again it gives the same descriptor, up to source information.
pub(crate) fn print(file: &FileDescriptorProto, scope: &Scope) -> String {
    let mut printer = Printer {
        file,
        scope,
        locations: locations(file),
        writer: Writer::default(),
    };
    printer.print();
    printer.writer.finish()
}

/// One file on its way to text.
struct Printer<'a> {
    file: &'a FileDescriptorProto,
    scope: &'a Scope,
    locations: HashMap<&'a [i32], &'a Location>,
    writer: Writer,
}

impl Printer<'_> {
    fn print(&mut self) {
        self.writer.line(GENERATED);
        self.writer.blank();
        self.comment(&[tag::FILE_SYNTAX]);
        let syntax = match self.file.syntax() {
            "" => "proto2",
            syntax => syntax,
        };
        self.writer.line(&format!("syntax = \"{syntax}\";"));
        if !self.file.package().is_empty() {
            self.writer.blank();
            self.comment(&[tag::FILE_PACKAGE]);
            self.writer
                .line(&format!("package {};", self.file.package()));
        }
        self.imports();
        let options = options::of_file(self.file);
        if !options.is_empty() {
            self.writer.blank();
        }
        for option in options {
            self.writer.line(&format!("option {option};"));
        }
        for (service, index) in self.file.service.iter().zip(0..) {
            self.writer.blank();
            self.service(service, &[tag::FILE_SERVICE, index]);
        }
        let package = self.file.package();
        let groups = messages::groups(&self.file.extension, package);
        for (message, index) in self.file.message_type.iter().zip(0..) {
            if !groups.contains(message.name()) {
                self.writer.blank();
                self.message(message, package, &[tag::FILE_MESSAGE, index]);
            }
        }
        for (enumeration, index) in self.file.enum_type.iter().zip(0..) {
            self.writer.blank();
            self.enumeration(enumeration, &[tag::FILE_ENUM, index]);
        }
        self.extensions(
            &self.file.extension,
            &self.file.message_type,
            package,
            &[tag::FILE_EXTENSION],
        );
    }

    fn imports(&mut self) {
        if !self.file.dependency.is_empty() {
            self.writer.blank();
        }
        for (dependency, index) in self.file.dependency.iter().zip(0..) {
            let word = if self.file.public_dependency.contains(&index) {
                "import public"
            } else if self.file.weak_dependency.contains(&index) {
                "import weak"
            } else {
                "import"
            };
            self.writer.line(&format!("{word} \"{dependency}\";"));
        }
    }

    /// The comment before a thing, and under it the one that was behind.
    fn comment(&mut self, path: &[i32]) {
        let Some(location) = self.locations.get(path) else {
            return;
        };
        for detached in &location.leading_detached_comments {
            self.writer.comment(detached);
            self.writer.blank();
        }
        self.writer.comment(location.leading_comments());
        self.writer.comment(location.trailing_comments());
    }
}

fn locations(file: &FileDescriptorProto) -> HashMap<&[i32], &Location> {
    let mut locations = HashMap::new();
    for location in file.source_code_info.iter().flat_map(|info| &info.location) {
        locations
            .entry(location.path.as_slice())
            .or_insert(location);
    }
    locations
}

fn child(path: &[i32], field: i32, index: i32) -> Vec<i32> {
    [path, &[field, index]].concat()
}
