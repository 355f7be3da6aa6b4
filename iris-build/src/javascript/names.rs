//! The names of messages, enums and remotes in JavaScript, where all of them share one module.

use crate::client;
use crate::schema::{Procedure, Remote};
use crate::types::Types;
use heck::{ToLowerCamelCase, ToUpperCamelCase};
use iris_model::names::snake_case;
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

impl Names {
    /// Names of remotes, and of these messages and enums.
    pub(super) fn of<'a>(
        remotes: &[Remote],
        types: &Types<'_>,
        messages: impl IntoIterator<Item = &'a String>,
        enums: impl IntoIterator<Item = &'a String>,
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
        let messages = messages.into_iter().map(|name| {
            let file = types.message(name).map(|found| found.file);
            (name, file, true)
        });
        let enums = enums.into_iter().map(|name| {
            let file = types.enumeration(name).map(|found| found.file);
            (name, file, false)
        });
        let mut declared: Vec<_> = messages.chain(enums).collect();
        declared.sort_by_key(|(name, ..)| *name);
        for (full_name, file, is_message) in declared {
            let package = file.map(|file| file.package()).unwrap_or_default();
            let name = type_name(full_name, package, is_message, &taken);
            taken.extend(is_message.then(|| init_name(&name)));
            taken.insert(name.clone());
            names.types.insert(full_name.clone(), name);
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

/// `User`; inside of another message `Outer_Inner`. A name that is taken grows by parts of the package, from the end,
/// until it is not: `UserV1`.
fn type_name(full_name: &str, package: &str, is_message: bool, taken: &BTreeSet<String>) -> String {
    let inside = full_name.strip_prefix(package).unwrap_or(full_name);
    let plain = inside.trim_start_matches('.').replace('.', "_");
    let parts: Vec<&str> = package.split('.').filter(|part| !part.is_empty()).collect();
    let grown = (0..=parts.len()).map(|count| {
        let parts = &parts[parts.len() - count..];
        let parts = parts.iter().map(|part| part.to_upper_camel_case());
        format!("{plain}{}", parts.collect::<String>())
    });
    let is_free =
        |name: &String| !taken.contains(name) && !(is_message && taken.contains(&init_name(name)));
    let underscored = (1..).map(|count| format!("{plain}{}", "_".repeat(count)));
    let mut candidates = grown.chain(underscored);
    candidates.find(is_free).unwrap_or(plain.clone())
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
        let mut taken = BTreeSet::from(["Map".to_owned()]);
        let mut name = |full_name, package| {
            let name = type_name(full_name, package, true, &taken);
            taken.insert(name.clone());
            taken.insert(init_name(&name));
            name
        };
        assert_eq!(name("users.v1.User", "users.v1"), "User");
        assert_eq!(name("users.v1.User.Address", "users.v1"), "User_Address");
        assert_eq!(name("users.v2.User", "users.v2"), "UserV2");
        assert_eq!(name("admin.v2.User", "admin.v2"), "UserAdminV2");
        assert_eq!(name("User", ""), "User_");
        assert_eq!(name("Map", ""), "Map_");
        assert_eq!(name("users.v1.UserInit", "users.v1"), "UserInitV1");
    }
}
