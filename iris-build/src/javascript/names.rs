//! The names of messages, enums and remotes in JavaScript, where all of them share one module.

use crate::client;
use crate::lock::KnownNames;
use crate::schema::{PayloadSource, Procedure, Remote, Schema};
use crate::types::{Reached, Types};
use heck::{ToLowerCamelCase, ToUpperCamelCase};
use iris_model::names::{is_identifier, snake_case};
use prost_types::FileDescriptorProto;
use std::collections::{BTreeMap, BTreeSet};

/// What the module exports besides, what its types are made of, and words that are no names of types.
const TAKEN: &[&str] = &[
    // Exports.
    "ErrorCode",
    "IrisCallOptions",
    "IrisClient",
    "IrisClientOptions",
    "IrisError",
    "IrisFailure",
    "IrisStatus",
    "Remotes",
    // Types of the language that the declarations use.
    "AbortSignal",
    "Array",
    "AsyncIterable",
    "AsyncIterableIterator",
    "Error",
    "Iterable",
    "Map",
    "Promise",
    "ReadonlyMap",
    "Record",
    "URL",
    "Uint8Array",
    // What TypeScript takes for a type of its own.
    "any",
    "bigint",
    "boolean",
    "never",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
    "void",
    // Words of the language (ECMA-262, "Keywords and Reserved Words", in modules).
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "while",
    "with",
    "yield",
];

/// What every object has. A property of one of these names would stand in for it, and one that was left out would not
/// seem to be.
const INHERITED: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// What promises look for: an object with such a method is taken for one.
const THEN: &str = "then";

/// What `Remotes` has beside remotes.
const OF_REMOTES: [&str; 2] = ["close", "onError"];

/// Names by the full names of what has them.
#[derive(Debug)]
pub(super) struct Names {
    types: BTreeMap<String, String>,
    classes: BTreeMap<String, String>,
    properties: BTreeMap<String, String>,
}

/// What callers know of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing<'a> {
    /// They call it so.
    Named(&'a str),
    /// They call it as its own name gives.
    Known,
    New,
}

/// What callers call messages and enums, where it is not what their own names give.
///
/// Whoever came first keeps the name, and only the lock knows who that was.
pub(crate) fn name_types(schema: &Schema, known: &KnownNames) -> BTreeMap<String, String> {
    let types = Types::of(&schema.files.file);
    let reached = reached(&schema.remotes, &types);
    let names = Names::of(&schema.remotes, &types, &reached, |name| {
        match known.javascript_name(name) {
            Some(kept) => Standing::Named(kept),
            None if known.has_type(name) => Standing::Known,
            None => Standing::New,
        }
    });
    let mut types_by_name = names.types;
    types_by_name.retain(|full_name, name| *name != plain(full_name, package(full_name, &types)));
    types_by_name
}

/// What remotes take and give, and what is inside of it.
pub(super) fn reached(remotes: &[Remote], types: &Types<'_>) -> Reached {
    let procedures = remotes.iter().flat_map(|remote| &remote.procedures);
    let payloads = procedures.flat_map(|procedure| [&procedure.request, &procedure.response]);
    let given = payloads
        .filter(|payload| payload.source == PayloadSource::Given)
        .map(|payload| payload.message.as_str());
    types.reach(given, |_| false)
}

impl Names {
    /// Names of remotes, and of these messages and enums: those that callers know come first.
    pub(super) fn of<'a>(
        remotes: &[Remote],
        types: &Types<'_>,
        reached: &'a Reached,
        standing: impl Fn(&'a str) -> Standing<'a>,
    ) -> Self {
        let mut taken: BTreeSet<String> = TAKEN.iter().map(|&name| name.to_owned()).collect();
        let mut members = inherited();
        members.extend([THEN].into_iter().chain(OF_REMOTES).map(str::to_owned));
        let mut names = Names {
            types: BTreeMap::new(),
            classes: BTreeMap::new(),
            properties: BTreeMap::new(),
        };
        for remote in remotes {
            let class = unique(class(remote), &mut taken);
            names.classes.insert(remote.full_name(), class);
            let property = unique(remote.client_name.to_lower_camel_case(), &mut members);
            names.properties.insert(remote.full_name(), property);
        }
        let messages = reached.messages.iter().map(|name| (name.as_str(), true));
        let enums = reached.enums.iter().map(|name| (name.as_str(), false));
        let mut declared: Vec<_> = messages
            .chain(enums)
            .map(|(name, is_message)| (standing(name), name, is_message))
            .collect();
        declared.sort_unstable();
        for (standing, full_name, is_message) in declared {
            let kept = match standing {
                // A merge or an editor may have made anything of it.
                Standing::Named(name) => Some(name).filter(|name| is_identifier(name)),
                Standing::Known | Standing::New => None,
            };
            let candidates = candidates(full_name, package(full_name, types));
            let mut candidates = kept.map(str::to_owned).into_iter().chain(candidates);
            let is_free = |name: &String| {
                let hides = |name: &str| taken.contains(name);
                !hides(name) && (!is_message || !hides(&init_name(name)))
            };
            // There is always one that is.
            let name = candidates.find(is_free).unwrap_or_default();
            taken.extend(is_message.then(|| init_name(&name)));
            taken.insert(name.clone());
            names.types.insert(full_name.to_owned(), name);
        }
        names
    }

    /// The name of a message's or an enum's type.
    pub(super) fn type_name(&self, full_name: &str) -> &str {
        self.types.get(full_name).map_or("unknown", String::as_str)
    }

    /// The class of a remote.
    pub(super) fn class(&self, remote: &Remote) -> &str {
        let class = self.classes.get(&remote.full_name());
        class.map_or("", String::as_str)
    }

    /// What `Remotes` calls it.
    pub(super) fn property(&self, remote: &Remote) -> &str {
        let property = self.properties.get(&remote.full_name());
        property.map_or("", String::as_str)
    }
}

/// The type of what may be given for a message.
pub(super) fn init_name(name: &str) -> String {
    format!("{name}Init")
}

/// The methods of a remote's class, in the order of its procedures.
pub(super) fn methods(procedures: &[Procedure]) -> Vec<String> {
    let mut taken = inherited();
    taken.insert(THEN.to_owned());
    let names = procedures.iter().map(|procedure| &procedure.name);
    names
        .map(|name| unique(snake_case(name).to_lower_camel_case(), &mut taken))
        .collect()
}

/// Properties of one message, as near to the names given as they can be.
pub(super) struct Properties(BTreeSet<String>);

impl Properties {
    pub(super) fn new() -> Self {
        Properties(inherited())
    }

    pub(super) fn name(&mut self, wanted: String) -> String {
        unique(wanted, &mut self.0)
    }
}

fn inherited() -> BTreeSet<String> {
    INHERITED.map(str::to_owned).into()
}

/// The class: as on the wire, unless the client calls the remote by another name.
fn class(remote: &Remote) -> String {
    match remote.client_name == snake_case(&remote.name) {
        true => client::remote_type(remote),
        false => remote.client_name.to_upper_camel_case(),
    }
}

/// `User`; inside of another message `Outer_Inner`.
fn plain(full_name: &str, package: &str) -> String {
    let inside = full_name.strip_prefix(package).unwrap_or(full_name);
    inside.trim_start_matches('.').replace('.', "_")
}

/// The names that a type may have, the best first. One that is taken grows by parts of the package, from the end: `UserV1`.
fn candidates<'a>(full_name: &str, package: &'a str) -> impl Iterator<Item = String> + use<'a> {
    let plain = plain(full_name, package);
    let parts: Vec<&str> = package.split('.').filter(|part| !part.is_empty()).collect();
    let short = plain.clone();
    let grown = (0..=parts.len()).map(move |count| {
        let parts = &parts[parts.len() - count..];
        let parts = parts.iter().map(|part| part.to_upper_camel_case());
        format!("{short}{}", parts.collect::<String>())
    });
    grown.chain((1..).map(move |count| format!("{plain}{}", "_".repeat(count))))
}

fn package<'a>(full_name: &str, types: &Types<'a>) -> &'a str {
    let message = types.message(full_name).map(|found| found.file);
    let file = message.or_else(|| types.enumeration(full_name).map(|found| found.file));
    file.map(FileDescriptorProto::package).unwrap_or_default()
}

/// `name`, with as many `_` after it as it takes to be none of `taken`; it is among them from now on.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut name = name;
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_by_what_tells_them_apart() {
        let first = |full_name, package| -> Vec<String> {
            candidates(full_name, package).take(4).collect()
        };
        assert_eq!(
            first("users.v1.User", "users.v1"),
            ["User", "UserV1", "UserUsersV1", "User_"]
        );
        assert_eq!(
            first("users.v1.User.Address", "users.v1")[..2],
            ["User_Address", "User_AddressV1"]
        );
        assert_eq!(first("User", ""), ["User", "User_", "User__", "User___"]);
    }
}
