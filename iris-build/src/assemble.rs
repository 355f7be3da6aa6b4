//! Puts the schema together from what was read, and checks that its names do not collide.

use crate::base::Base;
use crate::catalogue::Catalogue;
use crate::client::{self, ClientCrate};
use crate::error::{Problem, Problems};
use crate::identifier;
use crate::lock::KnownNames;
use crate::payload_names;
use crate::protos::Protos;
use crate::resolve;
use crate::schema::{
    ErrorCode, Payload, PayloadSource, Place, Procedure, Remote, Schema, Services,
};
use crate::sources::{SourceFile, Sources};
use iris_model::CodeMeaning;
use std::collections::BTreeMap;
use syn::Type;
use syn::spanned::Spanned;

/// The schema of all that was read. What could not be resolved is left out of it, and is a problem.
pub(crate) fn assemble(
    sources: &Sources,
    protos: &Protos,
    catalogue: &Catalogue,
    known: &KnownNames,
    clients: &[ClientCrate],
    base: &Base,
    problems: &mut Problems,
) -> Schema {
    types_have_own_rust_names(catalogue, problems);
    let mut remotes: Vec<Remote> = Vec::new();
    for file in &sources.files {
        for found in &file.remotes {
            remotes.push(remote(found, file, catalogue, problems));
        }
    }
    remotes.sort_by_key(Remote::full_name);
    remotes_have_own_names(&remotes, catalogue, problems);
    functions_have_own_names(&remotes, problems);
    client::name_remotes(&mut remotes, clients, known);
    payload_names::choose(&mut remotes, catalogue, known, problems);
    Schema {
        files: protos.files.clone(),
        encoded: protos.encoded.clone(),
        paths: protos
            .paths
            .iter()
            .map(|(name, path)| (name.clone(), base.shown(path)))
            .collect(),
        services: Services::Printed,
        remotes,
        error_codes: error_codes(sources, problems),
        javascript_names: BTreeMap::new(),
    }
}

fn remote(
    found: &iris_model::Remote,
    file: &SourceFile,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Remote {
    let procedures = found
        .procedures
        .iter()
        .filter_map(|procedure| {
            let mut payload = |side: &iris_model::Payload| match side.message() {
                Some(ty) => given(ty, file, &found.package, catalogue, problems),
                // Named once all remotes are known.
                None => Some(Payload {
                    message: String::new(),
                    source: PayloadSource::Printed,
                }),
            };
            // Both sides are looked at, so that both mistakes are told.
            let request = payload(&procedure.request);
            let response = payload(&procedure.response);
            Some(Procedure {
                name: procedure.name.clone(),
                function: identifier::function(&procedure.name),
                docs: procedure.docs.clone(),
                deprecation: procedure.deprecation.clone(),
                idempotency: procedure.idempotency,
                kind: procedure.stream_kind(),
                request: request?,
                response: response?,
                place: file.place(procedure.ident.span()),
            })
        })
        .collect();
    Remote {
        package: found.package.clone(),
        name: found.name.clone(),
        // Named once all remotes are known.
        client_name: String::new(),
        docs: found.docs.clone(),
        deprecation: found.deprecation.clone(),
        procedures,
        place: file.place(found.item.self_ty.span()),
    }
}

fn given(
    ty: &Type,
    file: &SourceFile,
    package: &str,
    catalogue: &Catalogue,
    problems: &mut Problems,
) -> Option<Payload> {
    match resolve::resolve(ty, &file.imports, package, catalogue) {
        Ok(message) => Some(Payload {
            message: message.full_name.clone(),
            source: PayloadSource::Given,
        }),
        Err(text) => {
            let place = file.place(ty.span());
            problems.add(Problem::at(&place, text).at_column(ty.span().start().column + 1));
            None
        }
    }
}

/// Two types of one name cannot be printed.
pub(crate) fn types_have_own_rust_names(catalogue: &Catalogue, problems: &mut Problems) {
    for [(one, first), (other, second)] in catalogue.same_in_rust() {
        problems.add(Problem::at(
            &second.place,
            format!(
                "`{other}` and `{one}` ({}) have one name in Rust; rename one of them",
                first.place
            ),
        ));
    }
}

fn remotes_have_own_names(remotes: &[Remote], catalogue: &Catalogue, problems: &mut Problems) {
    let mut seen: BTreeMap<String, &Place> = BTreeMap::new();
    for remote in remotes {
        let name = remote.full_name();
        if let Some(symbol) = catalogue.symbols.get(&name) {
            let advice = if symbol.kind == "service" {
                "take the service out of the .proto, Iris prints it from the remote"
            } else {
                "rename one of them, or give the remote #[remote(name = \"..\")]"
            };
            problems.add(Problem::at(
                &remote.place,
                format!(
                    "the remote `{name}` has the name of the {} in {}; {advice}",
                    symbol.kind, symbol.place
                ),
            ));
        }
        if let Some(other) = seen.insert(name.clone(), &remote.place) {
            problems.add(Problem::at(
                &remote.place,
                format!(
                    "the remote `{name}` is also written in {other}; a remote is one impl block, so join them, \
                     or give one #[remote(name = \"..\")]"
                ),
            ));
        }
    }
}

/// Nothing but the order would say which of two keeps the name, and callers rely on it.
fn functions_have_own_names(remotes: &[Remote], problems: &mut Problems) {
    for remote in remotes {
        let mut seen: BTreeMap<&str, &Procedure> = BTreeMap::new();
        for procedure in &remote.procedures {
            if let Some(other) = seen.insert(&procedure.function, procedure)
                && other.name != procedure.name
            {
                problems.add(Problem::at(
                    &procedure.place,
                    format!(
                        "`{}` and `{}` ({}) are both `{}` in the client; rename one of them, or give it \
                         #[procedure(name = \"..\")]",
                        procedure.name, other.name, other.place, procedure.function
                    ),
                ));
            }
        }
    }
}

fn error_codes(sources: &Sources, problems: &mut Problems) -> Vec<ErrorCode> {
    let mut codes: Vec<ErrorCode> = Vec::new();
    for file in &sources.files {
        for found in &file.error_codes {
            for code in &found.codes {
                let CodeMeaning::Code { number, status, .. } = code.meaning else {
                    continue;
                };
                codes.push(ErrorCode {
                    name: identifier::without_raw(&code.ident.to_string()).to_owned(),
                    number,
                    status,
                    docs: code.docs.clone(),
                    of: found.ident.to_string(),
                    deprecated: code.deprecated,
                    place: file.place(code.ident.span()),
                });
            }
        }
    }
    codes.sort_by_key(|code| code.number);
    for (index, code) in codes.iter().enumerate() {
        // A second number or name within one enum is the model's or rustc's to refuse.
        let other = |same: fn(&ErrorCode, &ErrorCode) -> bool| {
            let earlier = codes[..index].iter();
            earlier
                .filter(|other| other.place != code.place)
                .find(|other| same(other, code))
        };
        if let Some(other) = other(|one, other| one.number == other.number) {
            problems.add(Problem::at(
                &code.place,
                format!(
                    "`{}::{}` has the number {} of `{}::{}` ({}), so callers could not tell them apart; give one another \
                     number, or share one enum",
                    code.of, code.name, code.number, other.of, other.name, other.place
                ),
            ));
        } else if let Some(other) = other(|one, other| one.name == other.name) {
            problems.add(Problem::at(
                &code.place,
                format!(
                    "`{}::{}` has the name of `{}::{}` ({}), and callers see the codes of all enums as one; rename one of \
                     them",
                    code.of, code.name, other.of, other.name, other.place
                ),
            ));
        }
    }
    codes
}
