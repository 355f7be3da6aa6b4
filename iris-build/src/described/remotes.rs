//! Services as remotes: what `contract/services.rs` does, the other way around.

use super::own_files::OwnFiles;
use crate::contract;
use crate::error::{Problem, Problems};
use crate::identifier;
use crate::schema::{Payload, PayloadSource, Place, Procedure, Remote};
use crate::types::{Types, tag};
use crate::well_known;
use iris_model::{Deprecation, Idempotency, StreamKind};
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    FileDescriptorProto, MethodDescriptorProto, MethodOptions, ServiceDescriptorProto,
    ServiceOptions,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The remotes of these services, of all where they are not named. Those without methods are none.
pub(super) fn remotes(
    files: &[FileDescriptorProto],
    own: &OwnFiles,
    services: Option<&BTreeSet<String>>,
    problems: &mut Problems,
) -> Vec<Remote> {
    let mut remotes = Vec::new();
    let files = || files.iter().chain(&own.services);
    let types = Types::of(files());
    for file in files() {
        for (service, index) in file.service.iter().zip(0..) {
            let mut described = Service {
                file,
                path: vec![tag::FILE_SERVICE, index],
                own,
                types: &types,
                problems,
            };
            let remote = described.remote(service);
            let asked = services.is_none_or(|names| names.contains(&remote.full_name()));
            remotes.extend(Some(remote).filter(|remote| asked && !remote.procedures.is_empty()));
        }
    }
    remotes.sort_by_key(Remote::full_name);
    remotes
}

/// A service, and what is around it.
struct Service<'a> {
    file: &'a FileDescriptorProto,
    path: Vec<i32>,
    own: &'a OwnFiles,
    types: &'a Types<'a>,
    problems: &'a mut Problems,
}

impl Service<'_> {
    fn remote(&mut self, service: &ServiceDescriptorProto) -> Remote {
        let options = service.options.as_ref();
        let deprecated = options.is_some_and(ServiceOptions::deprecated);
        let (docs, deprecation) = self.docs(&[], deprecated);
        let mut functions = BTreeSet::new();
        let methods = service.method.iter().zip(0..);
        let procedures = methods.filter_map(|(method, index)| {
            let mut procedure = self.procedure(service, method, index)?;
            // They may differ in their capitals alone, which a function does not.
            while !functions.insert(procedure.function.clone()) {
                procedure.function.push('_');
            }
            Some(procedure)
        });
        Remote {
            procedures: procedures.collect(),
            package: self.file.package().to_owned(),
            name: service.name().to_owned(),
            // Named once all remotes are known.
            client_name: String::new(),
            docs,
            deprecation,
            place: self.place(),
        }
    }

    fn procedure(
        &mut self,
        service: &ServiceDescriptorProto,
        method: &MethodDescriptorProto,
        index: i32,
    ) -> Option<Procedure> {
        let options = method.options.as_ref();
        let deprecated = options.is_some_and(MethodOptions::deprecated);
        let (docs, deprecation) = self.docs(&[tag::SERVICE_METHOD, index], deprecated);
        let kind = match (method.client_streaming(), method.server_streaming()) {
            (false, false) => StreamKind::Unary,
            (false, true) => StreamKind::Server,
            (true, false) => StreamKind::Client,
            (true, true) => StreamKind::Bidirectional,
        };
        let request = self.payload(method.input_type(), method.client_streaming());
        let response = self.payload(method.output_type(), method.server_streaming());
        for payload in [&request, &response] {
            if !well_known::can_be_given(&payload.message) {
                let (service, method) = (service.name(), method.name());
                self.problems.add(Problem::at(
                    &self.place(),
                    format!(
                        "`{service}.{method}` takes or gives `{}`, which is a field's in Rust and no message that is sent by itself",
                        payload.message
                    ),
                ));
                return None;
            }
        }
        Some(Procedure {
            name: method.name().to_owned(),
            function: identifier::function(method.name()),
            docs,
            deprecation,
            idempotency: match options.map(MethodOptions::idempotency_level) {
                Some(IdempotencyLevel::NoSideEffects) => Idempotency::NoSideEffects,
                Some(IdempotencyLevel::Idempotent) => Idempotency::WithSideEffects,
                Some(IdempotencyLevel::IdempotencyUnknown) | None => Idempotency::Unknown,
            },
            kind,
            request,
            response,
            place: self.place(),
        })
    }

    fn payload(&self, type_name: &str, streams: bool) -> Payload {
        let message = type_name.trim_start_matches('.');
        Payload {
            message: message.to_owned(),
            source: match message {
                name if self.own.messages.contains(name) => PayloadSource::Printed,
                // In a stream it counts how many there are.
                well_known::EMPTY if !streams => PayloadSource::Declared,
                _ => PayloadSource::Given,
            },
        }
    }

    /// The comment on the service, or on what `inside` it leads to, and its deprecation, whose note is the last paragraph.
    fn docs(&self, inside: &[i32], deprecated: bool) -> (String, Option<Deprecation>) {
        let path = [self.path.as_slice(), inside].concat();
        let docs = self.types.comment_at(self.file, &path);
        if !deprecated {
            return (docs, None);
        }
        let (before, last) = docs.rsplit_once("\n\n").unwrap_or(("", &docs));
        match last.strip_prefix(contract::DEPRECATED) {
            Some(note) => {
                let note = Some(note.to_owned());
                (before.to_owned(), Some(Deprecation { note }))
            }
            None => (docs, Some(Deprecation { note: None })),
        }
    }

    fn place(&self) -> Place {
        Place {
            file: PathBuf::from(self.file.name()),
            line: self.types.line_at(self.file, &self.path).unwrap_or(1),
        }
    }
}
