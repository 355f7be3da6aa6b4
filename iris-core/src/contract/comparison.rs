//! Holds what is served against what callers are told.
//!
//! The generator reads names in the source, the compiler types: where an alias or a second message of
//! the same name leads them apart, callers and server would misread each other without a word.

use super::Contract;
use crate::remote::Procedure;
use crate::start_error::Problem;
use prost::Message as _;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};
use std::collections::HashMap;

/// Every contradiction, sorted by path.
pub(crate) fn problems<'a, C: 'a>(
    contracts: &[Contract],
    procedures: impl Iterator<Item = &'a Procedure<C>>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut methods = HashMap::new();
    for contract in contracts {
        match FileDescriptorSet::decode(contract.descriptors) {
            Ok(files) => add_methods(files, &mut methods),
            Err(error) => problems.push(Problem::Descriptors(error.to_string())),
        }
    }
    let mut procedures: Vec<_> = procedures.collect();
    procedures.sort_by(|one, other| one.path.cmp(&other.path));
    for procedure in procedures {
        match methods.get(&*procedure.path) {
            Some(method) => compare(procedure, method, &mut problems),
            None => problems.push(Problem::NotInContract {
                path: procedure.path.to_string(),
                remote: procedure.remote,
            }),
        }
    }
    problems
}

fn add_methods(files: FileDescriptorSet, methods: &mut HashMap<String, MethodDescriptorProto>) {
    for file in files.file {
        let package = match file.package() {
            "" => String::new(),
            package => format!("{package}."),
        };
        for service in file.service {
            for method in &service.method {
                let path = format!("/{package}{}/{}", service.name(), method.name());
                methods.insert(path, method.clone());
            }
        }
    }
}

fn compare<C>(
    procedure: &Procedure<C>,
    method: &MethodDescriptorProto,
    problems: &mut Vec<Problem>,
) {
    let path = || procedure.path.to_string();
    let spec = &procedure.spec;
    let directions = [
        ("request", spec.request, method.input_type()),
        ("response", spec.response, method.output_type()),
    ];
    for (direction, served, contract) in directions {
        let contract = contract.trim_start_matches('.');
        // A procedure without a message takes and gives whichever empty one the contract has.
        if let Some(served) = served.map(|name| name())
            && served != contract
        {
            problems.push(Problem::OtherMessage {
                path: path(),
                remote: procedure.remote,
                direction,
                contract: contract.to_owned(),
                served,
            });
        }
    }
    let streams = (method.client_streaming(), method.server_streaming());
    if streams != (spec.streams_in, spec.streams_out) {
        problems.push(Problem::OtherKind {
            path: path(),
            remote: procedure.remote,
        });
    }
}
