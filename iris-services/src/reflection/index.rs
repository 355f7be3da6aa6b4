//! Descriptors, found by what tools ask for.

use prost::Message;
use prost::bytes::Bytes;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Files by their names, by what they declare and by what they extend.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    files: HashMap<String, File>,
    /// The file in which each full name is declared.
    symbols: HashMap<String, String>,
    /// By the extended message and the number, the file that declares the extension.
    extensions: BTreeMap<(String, i32), String>,
    services: BTreeSet<String>,
}

/// A file as it was given: what is decoded and encoded again may lose what this program does not know.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) bytes: Bytes,
    pub(crate) imports: Vec<String>,
}

/// A `google.protobuf.FileDescriptorSet` whose files stay encoded.
#[derive(Clone, PartialEq, Message)]
struct EncodedFiles {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    file: Vec<Bytes>,
}

impl Index {
    /// Adds a serialized `google.protobuf.FileDescriptorSet`. Nothing is added where it is none.
    pub(crate) fn add(&mut self, set: Bytes) -> Result<(), prost::DecodeError> {
        let encoded = EncodedFiles::decode(set)?;
        let files: Result<Vec<_>, prost::DecodeError> = encoded
            .file
            .into_iter()
            .map(|bytes| Ok((FileDescriptorProto::decode(bytes.clone())?, bytes)))
            .collect();
        for (file, bytes) in files? {
            if !self.files.contains_key(file.name()) {
                self.declare(&file);
                let imports = file.dependency;
                let name = file.name.unwrap_or_default();
                self.files.insert(name, File { bytes, imports });
            }
        }
        Ok(())
    }

    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// The name of the file that declares a service, method, message, enum or extension.
    pub(crate) fn declaring(&self, symbol: &str) -> Option<&str> {
        let symbol = symbol.trim_start_matches('.');
        self.symbols.get(symbol).map(String::as_str)
    }

    /// The name of the file that declares an extension.
    pub(crate) fn extending(&self, message: &str, number: i32) -> Option<&str> {
        let key = (message.to_owned(), number);
        self.extensions.get(&key).map(String::as_str)
    }

    /// The numbers of a message's extensions; `None` where there is no such message.
    pub(crate) fn extension_numbers(&self, message: &str) -> Option<Vec<i32>> {
        let (first, last) = (
            (message.to_owned(), i32::MIN),
            (message.to_owned(), i32::MAX),
        );
        let numbers: Vec<i32> = self
            .extensions
            .range(first..=last)
            .map(|((_, number), _)| *number)
            .collect();
        (!numbers.is_empty() || self.symbols.contains_key(message)).then_some(numbers)
    }

    /// The full names of all services, sorted.
    pub(crate) fn services(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(String::as_str)
    }

    fn declare(&mut self, file: &FileDescriptorProto) {
        let mut declarations = Declarations {
            index: self,
            file: file.name(),
        };
        let package = file.package();
        for service in &file.service {
            let name = joined(package, service.name());
            for method in &service.method {
                declarations.symbol(joined(&name, method.name()));
            }
            declarations.symbol(name.clone());
            declarations.index.services.insert(name);
        }
        declarations.types(
            package,
            &file.message_type,
            &file.enum_type,
            &file.extension,
        );
    }
}

/// What one file declares.
struct Declarations<'a> {
    index: &'a mut Index,
    file: &'a str,
}

impl Declarations<'_> {
    fn symbol(&mut self, name: String) {
        self.index.symbols.insert(name, self.file.to_owned());
    }

    fn types(
        &mut self,
        scope: &str,
        messages: &[DescriptorProto],
        enums: &[EnumDescriptorProto],
        extensions: &[FieldDescriptorProto],
    ) {
        for message in messages {
            let name = joined(scope, message.name());
            for field in &message.field {
                self.symbol(joined(&name, field.name()));
            }
            for oneof in &message.oneof_decl {
                self.symbol(joined(&name, oneof.name()));
            }
            self.types(
                &name,
                &message.nested_type,
                &message.enum_type,
                &message.extension,
            );
            self.symbol(name);
        }
        for one in enums {
            self.symbol(joined(scope, one.name()));
            // The values of an enum are declared beside it (protobuf, "Enum Value Names").
            for value in &one.value {
                self.symbol(joined(scope, value.name()));
            }
        }
        for extension in extensions {
            let extended = extension.extendee().trim_start_matches('.').to_owned();
            let key = (extended, extension.number());
            self.index.extensions.insert(key, self.file.to_owned());
            self.symbol(joined(scope, extension.name()));
        }
    }
}

fn joined(scope: &str, name: &str) -> String {
    match scope {
        "" => name.to_owned(),
        scope => format!("{scope}.{name}"),
    }
}
