//! What the `.proto` files declare, by name.

use crate::base::Base;
use crate::identifier;
use crate::protos::Protos;
use crate::schema::Place;
use crate::types::{Types, is_map_entry, join, tag};
use prost_types::FileDescriptorProto;
use std::collections::BTreeMap;

/// What the `.proto` files declare, by name.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// By full name.
    messages: BTreeMap<String, MessageType>,
    /// Full names by the name in Rust.
    by_type_name: BTreeMap<String, Vec<String>>,
    /// Everything with a full name, packages aside.
    pub(crate) symbols: BTreeMap<String, Symbol>,
}

/// A message that could be meant by a Rust type.
#[derive(Debug, Clone)]
pub(crate) struct MessageType {
    /// `users.v1.User.Address`
    pub(crate) full_name: String,
    /// `users.v1`
    pub(crate) package: String,
    /// `users`, `v1`, `user`, `Address`
    pub(crate) rust_path: Vec<String>,
    /// It is one of `google.protobuf`.
    pub(crate) well_known: bool,
    pub(crate) place: Place,
}

/// Something with a full name.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    pub(crate) kind: &'static str,
    pub(crate) place: Place,
    /// The Rust type that prost prints for it.
    rust_path: Option<Vec<String>>,
}

impl Catalogue {
    pub(crate) fn new(protos: &Protos, base: &Base) -> Self {
        let files = &protos.files.file;
        let types = Types::of(files);
        let place = |file: &FileDescriptorProto, line| protos.place(base, file.name(), line);
        let mut catalogue = Catalogue::default();
        for (name, found) in types.messages() {
            if !is_map_entry(found.descriptor) {
                let place = place(found.file, types.line(found, &[]));
                catalogue.add_message(name, found.file, place);
            }
        }
        for (name, found) in types.enumerations() {
            let rust_path = Some(rust_path(found.file, name));
            let line = types.line(found, &[]);
            catalogue.add_symbol(name, "enum", rust_path, place(found.file, line));
            // A value's full name is that of a sibling of its enum.
            let scope = name.rsplit_once('.').map_or("", |(scope, _)| scope);
            for (value, index) in found.descriptor.value.iter().zip(0..) {
                let line = types.line(found, &[tag::ENUM_VALUE, index]);
                let name = join(scope, value.name());
                catalogue.add_symbol(&name, "enum value", None, place(found.file, line));
            }
        }
        for file in files {
            for (service, index) in file.service.iter().zip(0..) {
                let line = types.line_at(file, &[tag::FILE_SERVICE, index]);
                let name = join(file.package(), service.name());
                catalogue.add_symbol(&name, "service", None, place(file, line));
            }
        }
        catalogue
    }

    fn add_message(&mut self, full_name: &str, file: &FileDescriptorProto, place: Place) {
        let rust_path = rust_path(file, full_name);
        self.add_symbol(full_name, "message", Some(rust_path.clone()), place.clone());
        let type_name = rust_path.last().cloned().unwrap_or_default();
        let alike = self.by_type_name.entry(type_name).or_default();
        alike.push(full_name.to_owned());
        let message = MessageType {
            full_name: full_name.to_owned(),
            package: file.package().to_owned(),
            rust_path,
            well_known: identifier::is_well_known(file.package()),
            place,
        };
        self.messages.insert(full_name.to_owned(), message);
    }

    fn add_symbol(
        &mut self,
        full_name: &str,
        kind: &'static str,
        rust_path: Option<Vec<String>>,
        place: Place,
    ) {
        let symbol = Symbol {
            kind,
            place,
            rust_path,
        };
        self.symbols.insert(full_name.to_owned(), symbol);
    }

    /// The message of this full name.
    pub(crate) fn message(&self, full_name: &str) -> Option<&MessageType> {
        self.messages.get(full_name)
    }

    /// Every message, by full name.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &MessageType> {
        self.messages.values()
    }

    /// The messages whose Rust types are called `name`, by full name.
    pub(crate) fn called(&self, name: &str) -> impl Iterator<Item = &MessageType> {
        let names = self.by_type_name.get(name).into_iter().flatten();
        names.filter_map(|name| self.message(name))
    }

    /// Pairs of types that prost would give one Rust name: `HTTPRequest` and `HttpRequest`.
    pub(crate) fn same_in_rust(&self) -> Vec<[(&str, &Symbol); 2]> {
        let mut seen: BTreeMap<&[String], (&str, &Symbol)> = BTreeMap::new();
        let mut pairs = Vec::new();
        for (name, symbol) in &self.symbols {
            let Some(path) = &symbol.rust_path else {
                continue;
            };
            if let Some(other) = seen.insert(path, (name, symbol)) {
                pairs.push([other, (name, symbol)]);
            }
        }
        pairs
    }
}

/// The Rust type of a message or enum, in the modules of its package and of the messages around it.
fn rust_path(file: &FileDescriptorProto, full_name: &str) -> Vec<String> {
    let package = file.package();
    let inside = full_name.strip_prefix(package).unwrap_or(full_name);
    let inside = inside.trim_start_matches('.');
    let (messages, name) = inside.rsplit_once('.').unwrap_or(("", inside));
    let modules = |names: &str| -> Vec<String> {
        let names = names.split('.').filter(|name| !name.is_empty());
        names.map(identifier::module).collect()
    };
    let mut path = match identifier::is_well_known(package) {
        true => vec!["prost_types".to_owned()],
        false => modules(package),
    };
    path.extend(modules(messages));
    path.push(identifier::type_name(name));
    path
}
