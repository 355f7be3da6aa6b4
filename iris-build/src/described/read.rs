//! Descriptors, and the input of the printers that they amount to.

use super::{Described, check, codes, locations, own_files, remotes};
use crate::assemble;
use crate::base::Base;
use crate::catalogue::Catalogue;
use crate::client;
use crate::encoded_files::EncodedFiles;
use crate::error::{Error, Problem, Problems};
use crate::input::Input;
use crate::javascript;
use crate::lock::KnownNames;
use crate::protos::Protos;
use crate::schema::{Schema, Services};
use crate::sources::Sources;
use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use protox::prost_reflect::DescriptorPool;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

/// What all descriptors that are none are told.
const NO_SET: &str = "these are no descriptors: a serialized google.protobuf.FileDescriptorSet with all that is imported, as \
                      `protoc --include_imports --descriptor_set_out` writes it";

/// Reads all that is known of a server.
pub(super) fn input(described: &Described) -> Result<Input, Error> {
    let descriptors = &described.descriptors[..];
    let services = described.services.as_ref();
    let mut files = files(descriptors)?;
    let encoded = EncodedFiles::decode(descriptors).map_err(no_set)?;

    let own = own_files::take(&mut files);
    let mut problems = Problems::default();
    let mut remotes = remotes::remotes(&files, &own, services, &mut problems);
    let clients = &described.config.clients;
    client::name_remotes(&mut remotes, clients, &KnownNames::default());
    if remotes.is_empty() {
        problems.add(Problem::new(match services {
            None => "no service with a method is described, so that there is nothing to call",
            Some(_) => "none of the services is described, or they have no methods",
        }));
    }
    let error_codes = match &described.openapi {
        Some(document) => codes::codes(document, &mut problems),
        None => Vec::new(),
    };
    let protos = Protos {
        files: FileDescriptorSet { file: files },
        encoded,
        paths: BTreeMap::new(),
    };
    // Nothing of it is on disk.
    let catalogue = Catalogue::new(&protos, &Base::new(PathBuf::new()));
    assemble::types_have_own_rust_names(&catalogue, &mut problems);
    problems.finish()?;

    let mut schema = Schema {
        files: protos.files.clone(),
        encoded: protos.encoded.clone(),
        paths: BTreeMap::new(),
        services: Services::Described,
        remotes,
        error_codes,
        javascript_names: BTreeMap::new(),
    };
    schema.javascript_names = javascript::name_types(&schema, &KnownNames::default());
    Ok(Input {
        sources: Sources::default(),
        protos,
        catalogue,
        schema,
    })
}

/// The files, of which all is known that they name. They may be a stranger's: nothing is printed before they are looked at.
fn files(descriptors: &[u8]) -> Result<Vec<FileDescriptorProto>, Error> {
    let set = FileDescriptorSet::decode(descriptors).map_err(no_set)?;
    let mut problems = Problems::default();
    check::check(&set.file, &mut problems);
    problems.finish()?;
    let pool = DescriptorPool::decode(descriptors).map_err(|error| {
        Problem::new(format!("the descriptors are not whole: {}", shown(&error)))
    })?;
    // With whole names, and in an order in which each comes behind what it imports.
    let mut files: Vec<FileDescriptorProto> = pool
        .files()
        .map(|file| file.file_descriptor_proto().clone())
        .collect();
    sort(&mut files);
    files.iter_mut().for_each(locations::complete);
    Ok(files)
}

/// An error that may have texts of a stranger's in it, for a terminal.
fn shown(error: &dyn fmt::Display) -> String {
    let text = error.to_string();
    let letters = text.chars();
    letters
        .map(|letter| match letter.is_control() && letter != '\n' {
            true => char::REPLACEMENT_CHARACTER,
            false => letter,
        })
        .collect()
}

fn no_set(error: prost::DecodeError) -> Problem {
    Problem::new(format!("{NO_SET}: {error}"))
}

/// Brings files into an order in which each comes behind those that it imports, which do not import each other.
fn sort(files: &mut Vec<FileDescriptorProto>) {
    let mut open = std::mem::take(files);
    let mut done: BTreeSet<String> = BTreeSet::new();
    while !open.is_empty() {
        let before = open.len();
        let is_next = |file: &FileDescriptorProto| {
            let mut needed = file.dependency.iter();
            needed.all(|name| done.contains(name))
        };
        let (next, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(is_next);
        done.extend(next.iter().map(|file| file.name().to_owned()));
        files.extend(next);
        open = rest;
        if open.len() == before {
            // No compiler allows them to import each other; the order is of no use then.
            files.append(&mut open);
        }
    }
}
