//! Schemas made from the text of `.proto` files and hand-written remotes.

#![allow(dead_code, reason = "each test file uses its part")]

use iris_build::schema::{
    EncodedFiles, ErrorCode, Payload, PayloadSource, Place, Procedure, Remote, Schema, Services,
};
use iris_model::{Idempotency, Status, StreamKind};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Compiles files that lie in memory: name and text.
pub(crate) fn compile(files: &[(&str, &str)]) -> FileDescriptorSet {
    let mut resolver = ChainFileResolver::new();
    let texts = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    resolver.add(InMemory(texts.collect()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    for (name, _) in files {
        if let Err(error) = compiler.open_file(name) {
            panic!("{error:?}");
        }
    }
    compiler.file_descriptor_set()
}

struct InMemory(BTreeMap<String, String>);

impl FileResolver for InMemory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(text) => File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// A schema without remotes.
pub(crate) fn schema(files: &[(&str, &str)]) -> Schema {
    let files = compile(files);
    Schema {
        encoded: EncodedFiles::decode(files.encode_to_vec().as_slice()).unwrap(),
        files,
        paths: std::collections::BTreeMap::new(),
        services: Services::Printed,
        remotes: Vec::new(),
        error_codes: Vec::new(),
        javascript_names: BTreeMap::new(),
    }
}

/// A remote; each procedure stands ten lines below the one before.
pub(crate) fn remote(full_name: &str, procedures: Vec<Procedure>) -> Remote {
    let (package, name) = full_name.rsplit_once('.').unwrap();
    let mut remote = Remote {
        package: package.to_owned(),
        name: name.to_owned(),
        client_name: iris_model::names::snake_case(name),
        docs: String::new(),
        deprecation: None,
        procedures,
        place: place("src/remotes.rs", 5),
    };
    for (index, procedure) in remote.procedures.iter_mut().enumerate() {
        procedure.place.line = 10 * (index + 1);
    }
    remote
}

/// A unary procedure. Messages that end in ` {}` are printed ones, those that end in ` ()` are declared and not taken.
pub(crate) fn procedure(name: &str, request: &str, response: &str) -> Procedure {
    Procedure {
        name: name.to_owned(),
        function: name.to_lowercase(),
        docs: String::new(),
        deprecation: None,
        idempotency: Idempotency::Unknown,
        kind: StreamKind::Unary,
        request: payload(request),
        response: payload(response),
        place: place("src/remotes.rs", 0),
    }
}

pub(crate) fn payload(message: &str) -> Payload {
    let (message, source) = match message.split_once(' ') {
        Some((message, "{}")) => (message, PayloadSource::Printed),
        Some((message, _)) => (message, PayloadSource::Declared),
        None => (message, PayloadSource::Given),
    };
    Payload {
        message: message.to_owned(),
        source,
    }
}

pub(crate) fn error_code(number: i32, name: &str, status: Status) -> ErrorCode {
    ErrorCode {
        name: name.to_owned(),
        number,
        status,
        docs: String::new(),
        of: "UserError".to_owned(),
        deprecated: false,
        place: place("src/error.rs", usize::try_from(number).unwrap() + 3),
    }
}

pub(crate) fn place(file: &str, line: usize) -> Place {
    Place {
        file: PathBuf::from(file),
        line,
    }
}
