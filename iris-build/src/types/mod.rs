//! Finds messages and enums by full name, with their comments and places.

mod names;
mod reach;

pub(crate) use names::{
    default_json_name, is_map_entry, join, json_name, json_names, oneof_name, scalar_name,
    type_name,
};

pub(crate) use reach::Reached;

use prost_types::field_descriptor_proto::Type;
use prost_types::source_code_info::Location;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The field numbers of descriptors, which paths of source locations are made of.
pub(crate) mod tag {
    pub(crate) const FILE_MESSAGE: i32 = 4;
    pub(crate) const FILE_ENUM: i32 = 5;
    pub(crate) const FILE_SERVICE: i32 = 6;
    pub(crate) const MESSAGE_FIELD: i32 = 2;
    pub(crate) const MESSAGE_MESSAGE: i32 = 3;
    pub(crate) const MESSAGE_ENUM: i32 = 4;
    pub(crate) const MESSAGE_ONEOF: i32 = 8;
    pub(crate) const ENUM_VALUE: i32 = 2;
    pub(crate) const SERVICE_METHOD: i32 = 2;
}

/// Every message and enum of a set of files.
pub(crate) struct Types<'a> {
    messages: BTreeMap<String, Declared<'a, DescriptorProto>>,
    enums: BTreeMap<String, Declared<'a, EnumDescriptorProto>>,
    locations: HashMap<(&'a str, &'a [i32]), &'a Location>,
}

/// A message or an enum, and the file that declares it.
pub(crate) struct Declared<'a, D> {
    pub(crate) file: &'a FileDescriptorProto,
    pub(crate) descriptor: &'a D,
    path: Vec<i32>,
}

impl<'a> Types<'a> {
    pub(crate) fn of(files: impl IntoIterator<Item = &'a FileDescriptorProto>) -> Self {
        let mut types = Types {
            messages: BTreeMap::new(),
            enums: BTreeMap::new(),
            locations: HashMap::new(),
        };
        for file in files {
            types.add_locations(file);
            let package = file.package();
            for (message, path) in file.message_type.iter().zip(0..) {
                types.add_message(file, package, message, vec![tag::FILE_MESSAGE, path]);
            }
            for (enumeration, path) in file.enum_type.iter().zip(0..) {
                types.add_enum(file, package, enumeration, vec![tag::FILE_ENUM, path]);
            }
        }
        types
    }

    /// By full name, entries of maps among them.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (&str, &Declared<'a, DescriptorProto>)> {
        self.messages
            .iter()
            .map(|(name, found)| (name.as_str(), found))
    }

    /// By full name.
    pub(crate) fn enumerations(
        &self,
    ) -> impl Iterator<Item = (&str, &Declared<'a, EnumDescriptorProto>)> {
        self.enums
            .iter()
            .map(|(name, found)| (name.as_str(), found))
    }

    pub(crate) fn message(&self, full_name: &str) -> Option<&Declared<'a, DescriptorProto>> {
        self.messages.get(full_name)
    }

    pub(crate) fn enumeration(
        &self,
        full_name: &str,
    ) -> Option<&Declared<'a, EnumDescriptorProto>> {
        self.enums.get(full_name)
    }

    /// The key and the value of a map field, `None` for every other field.
    pub(crate) fn map_entry(
        &self,
        field: &FieldDescriptorProto,
    ) -> Option<(&'a FieldDescriptorProto, &'a FieldDescriptorProto)> {
        if field.r#type() != Type::Message {
            return None;
        }
        let entry = self.message(type_name(field))?.descriptor;
        match entry.field.as_slice() {
            [key, value] if is_map_entry(entry) => Some((key, value)),
            _ => None,
        }
    }

    /// The comment on a message or enum, or on what `inside` it leads to; empty where there is none.
    pub(crate) fn comment<D>(&self, declared: &Declared<'_, D>, inside: &[i32]) -> String {
        let location = self.location(declared, inside);
        location.map(comment).unwrap_or_default()
    }

    /// The comment on what this path leads to; empty where there is none.
    pub(crate) fn comment_at(&self, file: &FileDescriptorProto, path: &[i32]) -> String {
        let location = self.locations.get(&(file.name(), path));
        location
            .map(|location| comment(location))
            .unwrap_or_default()
    }

    /// `proto/users/v1/users.proto:12`, or the file alone where nothing else is known.
    pub(crate) fn place<D>(
        &self,
        declared: &Declared<'_, D>,
        inside: &[i32],
        paths: &BTreeMap<String, PathBuf>,
    ) -> String {
        let name = declared.file.name();
        let file = paths
            .get(name)
            .map_or(Path::new(name), PathBuf::as_path)
            .display();
        match self.line(declared, inside) {
            Some(line) => format!("{file}:{line}"),
            None => file.to_string(),
        }
    }

    /// The line of a message or enum, or of what `inside` it leads to, counted from 1.
    pub(crate) fn line<D>(&self, declared: &Declared<'_, D>, inside: &[i32]) -> Option<usize> {
        line(self.location(declared, inside)?)
    }

    /// The line of what this path leads to, counted from 1.
    pub(crate) fn line_at(&self, file: &FileDescriptorProto, path: &[i32]) -> Option<usize> {
        line(self.locations.get(&(file.name(), path))?)
    }

    fn location<D>(&self, declared: &Declared<'_, D>, inside: &[i32]) -> Option<&'a Location> {
        let path = [&declared.path, inside].concat();
        self.locations
            .get(&(declared.file.name(), path.as_slice()))
            .copied()
    }

    fn add_locations(&mut self, file: &'a FileDescriptorProto) {
        for location in file.source_code_info.iter().flat_map(|info| &info.location) {
            self.locations
                .entry((file.name(), &location.path))
                .or_insert(location);
        }
    }

    fn add_message(
        &mut self,
        file: &'a FileDescriptorProto,
        outer: &str,
        message: &'a DescriptorProto,
        path: Vec<i32>,
    ) {
        let name = join(outer, message.name());
        for (nested, index) in message.nested_type.iter().zip(0..) {
            let path = [path.as_slice(), &[tag::MESSAGE_MESSAGE, index]].concat();
            self.add_message(file, &name, nested, path);
        }
        for (nested, index) in message.enum_type.iter().zip(0..) {
            let path = [path.as_slice(), &[tag::MESSAGE_ENUM, index]].concat();
            self.add_enum(file, &name, nested, path);
        }
        let declared = Declared {
            file,
            descriptor: message,
            path,
        };
        self.messages.insert(name, declared);
    }

    fn add_enum(
        &mut self,
        file: &'a FileDescriptorProto,
        outer: &str,
        enumeration: &'a EnumDescriptorProto,
        path: Vec<i32>,
    ) {
        let declared = Declared {
            file,
            descriptor: enumeration,
            path,
        };
        self.enums.insert(join(outer, enumeration.name()), declared);
    }
}

/// The text of the comment before a thing, or else of the one behind it.
fn comment(location: &Location) -> String {
    let text = match location.leading_comments() {
        "" => location.trailing_comments(),
        leading => leading,
    };
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines.join("\n").trim().to_owned()
}

fn line(location: &Location) -> Option<usize> {
    let line = usize::try_from(*location.span.first()?).ok()?;
    Some(line + 1)
}
