//! What Iris added to the files of a server of its own: a file for each remote, with the empty messages of procedures that
//! have none, and what rides beside errors. Without them they are the files that the server's author wrote.

use crate::contract;
use prost_types::{DescriptorProto, FileDescriptorProto, MethodDescriptorProto};
use std::collections::BTreeSet;

/// What Iris added.
#[derive(Debug, Default)]
pub(super) struct OwnFiles {
    /// Each has one service.
    pub(super) services: Vec<FileDescriptorProto>,
    /// The full names of the empty messages in them.
    pub(super) messages: BTreeSet<String>,
}

/// Takes what Iris added out of the files.
pub(super) fn take(files: &mut Vec<FileDescriptorProto>) -> OwnFiles {
    let imported: BTreeSet<String> = files
        .iter()
        .flat_map(|file| file.dependency.clone())
        .collect();
    let mut own = OwnFiles::default();
    files.retain(|file| {
        if imported.contains(file.name()) {
            return true;
        }
        if is_of_a_remote(file) {
            let names = file.message_type.iter();
            let names = names.map(|message| format!("{}.{}", file.package(), message.name()));
            own.messages.extend(names);
            own.services.push(file.clone());
            return false;
        }
        file.name() != contract::ERROR_FILE
    });
    own
}

/// Whether Iris printed the file: it has the name, and holds nothing that Iris does not print.
fn is_of_a_remote(file: &FileDescriptorProto) -> bool {
    let [service] = &file.service[..] else {
        return false;
    };
    let stem = contract::file_stem(file.package(), service.name());
    let ending = file
        .name()
        .strip_prefix(&stem)
        .and_then(|rest| rest.strip_suffix(".proto"));
    let is_named = ending.is_some_and(|ending| {
        let number = ending.strip_prefix('_').unwrap_or("x");
        ending.is_empty() || number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let of_a_procedure = |message: &DescriptorProto| {
        let mut methods = service.method.iter();
        methods.any(|method| is_of(message, method, file.package(), service.name()))
    };
    is_named
        && file.enum_type.is_empty()
        && file.extension.is_empty()
        && file.message_type.iter().all(of_a_procedure)
}

/// Whether it is the empty message of a procedure that takes or gives none.
fn is_of(
    message: &DescriptorProto,
    method: &MethodDescriptorProto,
    package: &str,
    remote: &str,
) -> bool {
    let nothing = DescriptorProto {
        name: message.name.clone(),
        ..DescriptorProto::default()
    };
    let sides = [
        (method.input_type(), "Request"),
        (method.output_type(), "Response"),
    ];
    *message == nothing
        && sides.into_iter().any(|(ty, side)| {
            let short = format!("{}{side}", method.name());
            ty == format!(".{package}.{}", message.name())
                && (message.name() == short || message.name() == format!("{remote}{short}"))
        })
}
