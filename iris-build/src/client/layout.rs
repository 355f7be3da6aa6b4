//! Gives each remote its names in the crate: a module, a method of `Remotes`, a type.

use super::{ClientCrate, Messages, text};
use crate::identifier;
use crate::lock::KnownNames;
use crate::schema::Remote;
use iris_model::names;
use std::collections::BTreeSet;

/// Modules of the crate that are not remotes, names of its root, and names that no module can have.
const RESERVED: [&str; 16] = [
    "messages",
    "error_code",
    "remotes",
    "lib",
    "main",
    "iris_client",
    "core",
    "std",
    "alloc",
    "self",
    "super",
    "crate",
    "_",
    // Methods of `Remotes`.
    "new",
    "connect",
    "client",
];

/// Gives every remote its name in client crates.
///
/// A name that the lock has is kept, whatever was added since: callers have `users()` in their code.
pub(crate) fn name_remotes(remotes: &mut [Remote], clients: &[ClientCrate], known: &KnownNames) {
    let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
    for client in clients {
        if let Messages::From { path, .. } = &client.messages {
            taken.extend(path.split("::").next().map(str::to_owned));
        }
    }
    let mut newcomers = Vec::new();
    for remote in remotes {
        let kept = known
            .client_name(&remote.full_name())
            // A merge or an editor may have made anything of it.
            .filter(|name| names::is_identifier(name) && taken.insert((*name).to_owned()));
        match kept {
            Some(name) => remote.client_name = name.to_owned(),
            None => newcomers.push(remote),
        }
    }
    let longest = newcomers.iter().map(|remote| parts(remote).len()).max();
    // A name that is taken grows by parts of the package, from the end, until it is not: `users_v1`.
    let mut grown = vec![0; newcomers.len()];
    for _ in 0..longest.unwrap_or(0) {
        let modules = modules(&newcomers, &grown);
        for (grown, module) in grown.iter_mut().zip(&modules) {
            let uses = modules.iter().filter(|other| *other == module).count();
            if uses > 1 || taken.contains(module) {
                *grown += 1;
            }
        }
    }
    // What no part of a package tells apart is rare, and only has to compile.
    let modules = modules(&newcomers, &grown);
    for (remote, module) in newcomers.into_iter().zip(modules) {
        remote.client_name = text::unique(module, &mut taken);
    }
}

fn modules(remotes: &[&mut Remote], grown: &[usize]) -> Vec<String> {
    let pairs = remotes.iter().zip(grown);
    pairs
        .map(|(remote, grown)| module(remote, *grown))
        .collect()
}

fn module(remote: &Remote, grown: usize) -> String {
    let parts = parts(remote);
    let from = parts.len().saturating_sub(grown);
    let mut name = names::snake_case(&remote.name);
    for part in &parts[from..] {
        name.push('_');
        name.push_str(&names::snake_case(part));
    }
    name
}

fn parts(remote: &Remote) -> Vec<&str> {
    let parts = remote.package.split('.');
    parts.filter(|part| !part.is_empty()).collect()
}

/// The name of a remote's type: as on the wire, unless Rust cannot have it.
pub(crate) fn type_name(remote: &Remote) -> String {
    if remote
        .name
        .starts_with(|first: char| first.is_ascii_uppercase())
        && remote.name != "Self"
    {
        remote.name.clone()
    } else {
        identifier::type_name(&remote.name)
    }
}
