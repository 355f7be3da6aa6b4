//! What the `.proto` files declare, by name.

use crate::base::Base;
use crate::identifier;
use crate::protos::Protos;
use crate::schema::Place;
use prost_types::{DescriptorProto, FileDescriptorProto};
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
        let mut catalogue = Catalogue::default();
        for file in &protos.files.file {
            FileWalk {
                file,
                protos,
                base,
                catalogue: &mut catalogue,
            }
            .walk();
        }
        catalogue
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

// Field numbers of descriptor.proto, from which source info builds its paths.
const FILE_MESSAGES: i32 = 4;
const FILE_ENUMS: i32 = 5;
const FILE_SERVICES: i32 = 6;
const MESSAGE_MESSAGES: i32 = 3;
const MESSAGE_ENUMS: i32 = 4;
const ENUM_VALUES: i32 = 2;

struct FileWalk<'a> {
    file: &'a FileDescriptorProto,
    protos: &'a Protos,
    base: &'a Base,
    catalogue: &'a mut Catalogue,
}

/// Where the walk stands: names so far, the modules of prost so far, the path in source info.
#[derive(Clone)]
struct Scope {
    name: String,
    modules: Vec<String>,
    path: Vec<i32>,
}

impl Scope {
    fn full_name(&self, name: &str) -> String {
        if self.name.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.name)
        }
    }

    fn rust_path(&self, name: &str) -> Vec<String> {
        let mut path = self.modules.clone();
        path.push(identifier::type_name(name));
        path
    }

    fn path(&self, field: i32, index: usize) -> Vec<i32> {
        let mut path = self.path.clone();
        path.extend([field, i32::try_from(index).unwrap_or(i32::MAX)]);
        path
    }
}

impl FileWalk<'_> {
    fn walk(&mut self) {
        let file = self.file;
        let package = file.package();
        let scope = Scope {
            name: package.to_owned(),
            modules: if self.is_well_known() {
                vec!["prost_types".to_owned()]
            } else {
                package
                    .split('.')
                    .filter(|part| !part.is_empty())
                    .map(identifier::module)
                    .collect()
            },
            path: Vec::new(),
        };
        self.types(
            &scope,
            FILE_MESSAGES,
            &file.message_type,
            FILE_ENUMS,
            &file.enum_type,
        );
        for (index, service) in file.service.iter().enumerate() {
            let path = scope.path(FILE_SERVICES, index);
            self.symbol(&scope, service.name(), "service", None, &path);
        }
    }

    fn is_well_known(&self) -> bool {
        identifier::is_well_known(self.file.package())
    }

    fn types(
        &mut self,
        scope: &Scope,
        message_field: i32,
        messages: &[DescriptorProto],
        enum_field: i32,
        enums: &[prost_types::EnumDescriptorProto],
    ) {
        for (index, message) in messages.iter().enumerate() {
            let is_map_entry = message
                .options
                .as_ref()
                .is_some_and(prost_types::MessageOptions::map_entry);
            if !is_map_entry {
                self.message(scope, message, scope.path(message_field, index));
            }
        }
        for (index, descriptor) in enums.iter().enumerate() {
            let path = scope.path(enum_field, index);
            let rust_path = scope.rust_path(descriptor.name());
            self.symbol(scope, descriptor.name(), "enum", Some(rust_path), &path);
            let inside = Scope {
                path,
                ..scope.clone()
            };
            for (index, value) in descriptor.value.iter().enumerate() {
                // A value's full name is that of a sibling of its enum.
                let path = inside.path(ENUM_VALUES, index);
                self.symbol(scope, value.name(), "enum value", None, &path);
            }
        }
    }

    fn message(&mut self, scope: &Scope, message: &DescriptorProto, path: Vec<i32>) {
        let rust_path = scope.rust_path(message.name());
        let place = self.symbol(
            scope,
            message.name(),
            "message",
            Some(rust_path.clone()),
            &path,
        );
        let full_name = scope.full_name(message.name());
        let alike = identifier::type_name(message.name());
        let alike = self.catalogue.by_type_name.entry(alike).or_default();
        alike.push(full_name.clone());
        let found = MessageType {
            full_name: full_name.clone(),
            package: self.file.package().to_owned(),
            rust_path,
            well_known: self.is_well_known(),
            place,
        };
        self.catalogue.messages.insert(full_name, found);
        let mut modules = scope.modules.clone();
        modules.push(identifier::module(message.name()));
        let inside = Scope {
            name: scope.full_name(message.name()),
            modules,
            path,
        };
        self.types(
            &inside,
            MESSAGE_MESSAGES,
            &message.nested_type,
            MESSAGE_ENUMS,
            &message.enum_type,
        );
    }

    fn symbol(
        &mut self,
        scope: &Scope,
        name: &str,
        kind: &'static str,
        rust_path: Option<Vec<String>>,
        path: &[i32],
    ) -> Place {
        let place = self.protos.place(self.base, self.file.name(), path);
        self.catalogue.symbols.insert(
            scope.full_name(name),
            Symbol {
                kind,
                place: place.clone(),
                rust_path,
            },
        );
        place
    }
}
