//! Gives each remote its names in the crate: a module, a method of `Remotes`, a type.

use super::{ClientCrate, Messages, text};
use crate::identifier;
use crate::schema::{Remote, Schema};
use iris_model::names;
use std::collections::BTreeSet;

/// Modules of the crate that are not remotes, names of its root, and names that no module can have.
const RESERVED: [&str; 15] = [
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
    // Methods of `Remotes`.
    "new",
    "connect",
    "client",
];

/// The names of the remotes, in the order of the schema.
#[derive(Debug)]
pub(super) struct Layout {
    modules: Vec<String>,
}

impl Layout {
    pub(super) fn new(schema: &Schema, client: &ClientCrate) -> Self {
        let mut reserved: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        if let Messages::From { path, .. } = &client.messages {
            reserved.extend(path.split("::").next().map(str::to_owned));
        }
        let packages = schema.remotes.iter().map(|remote| parts(remote).len());
        let longest = packages.max().unwrap_or(0);
        // A name that is taken grows by parts of the package, from the end, until it is not: `users_v1`.
        let mut grown = vec![0; schema.remotes.len()];
        for _ in 0..longest {
            let modules = modules(&schema.remotes, &grown);
            for (grown, module) in grown.iter_mut().zip(&modules) {
                let uses = modules.iter().filter(|other| *other == module).count();
                if uses > 1 || reserved.contains(module) {
                    *grown += 1;
                }
            }
        }
        // What no part of a package tells apart is rare, and only has to compile.
        let modules = modules(&schema.remotes, &grown)
            .into_iter()
            .map(|module| text::unique(module, &mut reserved))
            .collect();
        Layout { modules }
    }

    /// The module of a remote, which is also its method of `Remotes`; not yet raw.
    pub(super) fn module(&self, index: usize) -> &str {
        &self.modules[index]
    }
}

fn modules(remotes: &[Remote], grown: &[usize]) -> Vec<String> {
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
    remote.package.split('.').collect()
}

/// The name of a remote's type: as on the wire, unless Rust cannot have it.
pub(super) fn type_name(remote: &Remote) -> String {
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
