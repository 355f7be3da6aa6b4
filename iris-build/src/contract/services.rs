//! One service file per remote: what a server in another language would have written by hand.

use crate::schema::{PayloadSource, Procedure, Remote, Schema, Services};
use crate::types::{Types, tag};
use iris_model::{Deprecation, Idempotency, StreamKind, names};
use prost_types::method_options::IdempotencyLevel;
use prost_types::source_code_info::Location;
use prost_types::{
    DescriptorProto, FileDescriptorProto, MethodDescriptorProto, MethodOptions,
    ServiceDescriptorProto, ServiceOptions, SourceCodeInfo,
};
use std::collections::{BTreeMap, BTreeSet};

/// The files, in the order of the remotes: `users/v1/users_service.proto` for `users.v1.Users`.
///
/// A name that one of the user's files has already is followed by a number:
/// `users/v1/users_service_2.proto`. Each file holds the service, and the empty messages of
/// procedures that take or give none. There are none where services are described already.
pub fn service_files(schema: &Schema) -> Vec<FileDescriptorProto> {
    if schema.services == Services::Described {
        return Vec::new();
    }
    let types = Types::of(&schema.files.file);
    // Names that differ by case alone are one file on some systems.
    let mut taken: BTreeSet<String> = schema
        .files
        .file
        .iter()
        .map(|file| file.name().to_lowercase())
        .collect();
    let mut printed = BTreeMap::new();
    schema
        .remotes
        .iter()
        .map(|remote| {
            let name = file_name(remote, &taken);
            taken.insert(name.to_lowercase());
            service_file(name, remote, &types, &mut printed)
        })
        .collect()
}

/// The docs of a procedure or remote as callers read them: a deprecation's note is the last paragraph.
pub fn procedure_docs(docs: &str, deprecation: Option<&Deprecation>) -> String {
    let note = deprecation.and_then(|deprecation| deprecation.note.as_deref());
    match (docs, note) {
        (docs, None) => docs.to_owned(),
        ("", Some(note)) => format!("{DEPRECATED}{note}"),
        (docs, Some(note)) => format!("{docs}\n\n{DEPRECATED}{note}"),
    }
}

/// How the paragraph with the note of a deprecation begins.
pub(crate) const DEPRECATED: &str = "Deprecated: ";

fn file_name(remote: &Remote, taken: &BTreeSet<String>) -> String {
    let stem = file_stem(&remote.package, &remote.name);
    let mut name = format!("{stem}.proto");
    let mut number = 2;
    while taken.contains(&name.to_lowercase()) {
        name = format!("{stem}_{number}.proto");
        number += 1;
    }
    name
}

/// `users/v1/users_service`
pub(crate) fn file_stem(package: &str, remote: &str) -> String {
    format!(
        "{}/{}_service",
        package.replace('.', "/"),
        names::snake_case(remote)
    )
}

/// `printed` maps the empty messages printed so far to their files.
fn service_file(
    name: String,
    remote: &Remote,
    types: &Types<'_>,
    printed: &mut BTreeMap<String, String>,
) -> FileDescriptorProto {
    let mut dependencies = BTreeSet::new();
    let mut messages = Vec::new();
    let mut comments = Comments::default();
    for procedure in &remote.procedures {
        for (payload, what) in [
            (&procedure.request, "takes no message"),
            (&procedure.response, "gives no message"),
        ] {
            if let Some(declared) = types.message(&payload.message) {
                dependencies.insert(declared.file.name().to_owned());
            } else if let Some(file) = printed.get(&payload.message) {
                dependencies.insert(file.clone());
            } else if payload.source == PayloadSource::Printed {
                comments.add(
                    &[tag::FILE_MESSAGE, index(messages.len())],
                    &format!("Empty: `{}` {what}. Fields may come later.", procedure.name),
                );
                messages.push(DescriptorProto {
                    name: Some(last_name(&payload.message).to_owned()),
                    ..DescriptorProto::default()
                });
                printed.insert(payload.message.clone(), name.clone());
            }
        }
    }
    dependencies.remove(&name);
    let service = service(remote, &mut comments);
    FileDescriptorProto {
        name: Some(name),
        package: Some(remote.package.clone()),
        dependency: dependencies.into_iter().collect(),
        message_type: messages,
        service: vec![service],
        syntax: Some("proto3".to_owned()),
        source_code_info: Some(SourceCodeInfo {
            location: comments.0,
        }),
        ..FileDescriptorProto::default()
    }
}

fn service(remote: &Remote, comments: &mut Comments) -> ServiceDescriptorProto {
    comments.add(
        &[tag::FILE_SERVICE, 0],
        &procedure_docs(&remote.docs, remote.deprecation.as_ref()),
    );
    for (procedure, position) in remote.procedures.iter().zip(0..) {
        comments.add(
            &[tag::FILE_SERVICE, 0, tag::SERVICE_METHOD, position],
            &procedure_docs(&procedure.docs, procedure.deprecation.as_ref()),
        );
    }
    ServiceDescriptorProto {
        name: Some(remote.name.clone()),
        method: remote.procedures.iter().map(method).collect(),
        options: remote.deprecation.is_some().then(|| ServiceOptions {
            deprecated: Some(true),
            ..ServiceOptions::default()
        }),
    }
}

fn method(procedure: &Procedure) -> MethodDescriptorProto {
    let (client_streams, server_streams) = match procedure.kind {
        StreamKind::Unary => (false, false),
        StreamKind::Server => (false, true),
        StreamKind::Client => (true, false),
        StreamKind::Bidirectional => (true, true),
    };
    let level = match procedure.idempotency {
        Idempotency::Unknown => None,
        Idempotency::NoSideEffects => Some(IdempotencyLevel::NoSideEffects),
        Idempotency::WithSideEffects => Some(IdempotencyLevel::Idempotent),
    };
    let deprecated = procedure.deprecation.is_some();
    MethodDescriptorProto {
        name: Some(procedure.name.clone()),
        input_type: Some(format!(".{}", procedure.request.message)),
        output_type: Some(format!(".{}", procedure.response.message)),
        options: (deprecated || level.is_some()).then(|| MethodOptions {
            deprecated: deprecated.then_some(true),
            idempotency_level: level.map(|level| level as i32),
            ..MethodOptions::default()
        }),
        client_streaming: client_streams.then_some(true),
        server_streaming: server_streams.then_some(true),
    }
}

/// Comments as source locations, which is where descriptors keep them.
#[derive(Default)]
struct Comments(Vec<Location>);

impl Comments {
    fn add(&mut self, path: &[i32], text: &str) {
        if text.is_empty() {
            return;
        }
        let mut comment = String::with_capacity(text.len() + 8);
        for line in text.lines() {
            if !line.is_empty() {
                comment.push(' ');
            }
            comment.push_str(line);
            comment.push('\n');
        }
        self.0.push(Location {
            path: path.to_vec(),
            // There is no text to point into, but readers of descriptors count on three numbers.
            span: vec![0, 0, 0],
            leading_comments: Some(comment),
            ..Location::default()
        });
    }
}

fn last_name(full_name: &str) -> &str {
    full_name.rsplit('.').next().unwrap_or(full_name)
}

fn index(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}
