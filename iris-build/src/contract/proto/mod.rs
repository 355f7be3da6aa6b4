//! Prints service files as `.proto` text: a service, and the empty messages of its procedures.

mod scope;
mod services;
mod writer;

pub(crate) use scope::Scope;

use super::GENERATED;
use crate::types::tag;
use prost_types::FileDescriptorProto;
use prost_types::source_code_info::Location;
use std::collections::HashMap;
use writer::Writer;

/// The text of a service file. Compiled again it gives the same descriptor, up to source information.
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
        self.writer
            .line(&format!("syntax = \"{}\";", self.file.syntax()));
        self.writer.blank();
        self.writer
            .line(&format!("package {};", self.file.package()));
        if !self.file.dependency.is_empty() {
            self.writer.blank();
        }
        for dependency in &self.file.dependency {
            self.writer.line(&format!("import \"{dependency}\";"));
        }
        for (service, index) in self.file.service.iter().zip(0..) {
            self.writer.blank();
            self.service(service, &[tag::FILE_SERVICE, index]);
        }
        for (message, index) in self.file.message_type.iter().zip(0..) {
            self.writer.blank();
            self.comment(&[tag::FILE_MESSAGE, index]);
            self.writer
                .line(&format!("message {} {{}}", message.name()));
        }
    }

    fn comment(&mut self, path: &[i32]) {
        if let Some(location) = self.locations.get(path) {
            self.writer.comment(location.leading_comments());
        }
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
