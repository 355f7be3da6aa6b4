//! Holds what is served against what callers are told.
//!
//! The generator reads names in the source, the compiler types: where an alias or a second message of
//! the same name leads them apart, callers and server would misread each other without a word.

use super::Contract;
use crate::remote::Procedure;
use crate::start_error::Problem;
use prost::Message as _;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What callers are told: of each remote its procedures, both by name.
pub(crate) struct Told(BTreeMap<String, BTreeMap<String, MethodDescriptorProto>>);

impl Told {
    /// What the contracts say together. Descriptors that are none are among the `problems`.
    pub(crate) fn of(contracts: &[Contract], problems: &mut Vec<Problem>) -> Self {
        let mut told = Told(BTreeMap::new());
        for contract in contracts {
            match FileDescriptorSet::decode(contract.descriptors) {
                Ok(files) => told.add(files),
                Err(error) => problems.push(Problem::Descriptors(error.to_string())),
            }
        }
        told
    }

    fn add(&mut self, files: FileDescriptorSet) {
        for file in files.file {
            let package = match file.package() {
                "" => String::new(),
                package => format!("{package}."),
            };
            for service in file.service {
                let name = format!("{package}{}", service.name());
                let methods = self.0.entry(name).or_default();
                for method in service.method {
                    methods.insert(method.name().to_owned(), method);
                }
            }
        }
    }

    /// Every contradiction between them and what is served, sorted by path. `remotes` are the Rust types by name.
    pub(crate) fn problems<C>(
        &self,
        remotes: &HashMap<&'static str, &'static str>,
        procedures: &HashMap<Arc<str>, Arc<Procedure<C>>>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut served: Vec<_> = procedures.values().collect();
        served.sort_by(|one, other| one.path.cmp(&other.path));
        for procedure in served {
            let told = procedure.path[1..].split_once('/');
            match told.and_then(|(remote, method)| self.0.get(remote)?.get(method)) {
                Some(method) => compare(procedure, method, &mut problems),
                None => problems.push(Problem::NotInContract {
                    path: procedure.path.to_string(),
                    remote: procedure.remote,
                }),
            }
        }
        for (name, methods) in &self.0 {
            let Some(remote) = remotes.get(name.as_str()) else {
                continue;
            };
            let paths = methods.keys().map(|method| format!("/{name}/{method}"));
            let missing = paths.filter(|path| !procedures.contains_key(path.as_str()));
            problems.extend(missing.map(|path| Problem::NotServed { path, remote }));
        }
        problems
    }

    /// The remotes that are not among those `served`. An application may serve some of a contract, and others elsewhere.
    pub(crate) fn elsewhere(&self, served: impl Fn(&str) -> bool) -> Vec<String> {
        let names = self.0.keys();
        names.filter(|name| !served(name)).cloned().collect()
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
