//! How a type is written so that it means the right one where it stands.

use crate::types::join;
use prost_types::{DescriptorProto, FileDescriptorProto};
use std::collections::BTreeSet;

/// Every name that protobuf's lookup could come across.
pub(crate) struct Scope {
    names: BTreeSet<String>,
}

impl Scope {
    /// The names in these files.
    pub(crate) fn new<'f>(files: impl IntoIterator<Item = &'f FileDescriptorProto>) -> Self {
        let mut names = BTreeSet::new();
        for file in files {
            let package = file.package();
            for (end, _) in package.match_indices('.') {
                names.insert(package[..end].to_owned());
            }
            names.insert(package.to_owned());
            for message in &file.message_type {
                add_message(&mut names, package, message);
            }
            for enumeration in &file.enum_type {
                names.insert(join(package, enumeration.name()));
            }
            for service in &file.service {
                let service_name = join(package, service.name());
                for method in &service.method {
                    names.insert(join(&service_name, method.name()));
                }
                names.insert(service_name);
            }
        }
        Scope { names }
    }

    /// The shortest text that means `full_name` inside `place`; from its package on where the
    /// package differs.
    ///
    /// Lookup goes from the innermost place outwards and settles on the first that knows the first
    /// word, so `common.v1.Id` inside `users.v1` is lost where a package `users.common` exists. A
    /// leading dot is the way out.
    pub(crate) fn write(&self, full_name: &str, place: &str) -> String {
        let full_name = full_name.trim_start_matches('.');
        let inner = outwards(place)
            .find_map(|outer| full_name.strip_prefix(outer)?.strip_prefix('.'))
            .filter(|inner| self.means(inner, place, full_name));
        match inner {
            Some(inner) => inner.to_owned(),
            None if self.means(full_name, place, full_name) => full_name.to_owned(),
            None => format!(".{full_name}"),
        }
    }

    fn means(&self, text: &str, place: &str, full_name: &str) -> bool {
        let first = text.split('.').next().unwrap_or(text);
        let found = outwards(place)
            .chain([""])
            .find(|outer| self.names.contains(&join(outer, first)));
        found.is_some_and(|outer| join(outer, text) == full_name)
    }
}

/// `a.b.c`, `a.b`, `a`.
fn outwards(place: &str) -> impl Iterator<Item = &str> {
    let ends = place.rmatch_indices('.').map(|(end, _)| &place[..end]);
    std::iter::once(place)
        .chain(ends)
        .filter(|outer| !outer.is_empty())
}

fn add_message(names: &mut BTreeSet<String>, outer: &str, message: &DescriptorProto) {
    let name = join(outer, message.name());
    for field in &message.field {
        names.insert(join(&name, field.name()));
    }
    for nested in &message.nested_type {
        add_message(names, &name, nested);
    }
    for nested in &message.enum_type {
        names.insert(join(&name, nested.name()));
    }
    names.insert(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(names: &[&str]) -> Scope {
        Scope {
            names: names.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn types_of_the_same_package_are_short() {
        let scope = scope(&["users", "users.v1", "users.v1.User", "users.v1.Users"]);
        assert_eq!(scope.write(".users.v1.User", "users.v1.Users"), "User");
    }

    #[test]
    fn types_of_other_packages_are_whole() {
        let scope = scope(&["users", "users.v1", "common", "common.v1", "common.v1.Id"]);
        assert_eq!(
            scope.write(".common.v1.Id", "users.v1.Users"),
            "common.v1.Id"
        );
    }

    #[test]
    fn a_package_that_hides_another_is_passed_by_with_a_dot() {
        let scope = scope(&[
            "users",
            "users.v1",
            "users.common",
            "common",
            "common.v1",
            "common.v1.Id",
        ]);
        assert_eq!(
            scope.write(".common.v1.Id", "users.v1.Users"),
            ".common.v1.Id"
        );
    }

    #[test]
    fn a_method_that_hides_a_message_is_passed_by_with_the_package() {
        let scope = scope(&["users", "users.v1", "users.v1.User", "users.v1.Users.User"]);
        assert_eq!(
            scope.write(".users.v1.User", "users.v1.Users"),
            "users.v1.User"
        );
    }
}
