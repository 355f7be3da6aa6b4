//! How protobuf names become Rust names: prost's rules, because prost prints the messages.

use heck::{ToSnakeCase, ToUpperCamelCase};
use iris_model::names;

/// The module of a package's part or of a message's nested types: `users`, `r#type` without its `r#`.
pub(crate) fn module(name: &str) -> String {
    adapted(name.to_snake_case())
}

/// The type of a message or enum.
pub(crate) fn type_name(name: &str) -> String {
    adapted(name.to_upper_camel_case())
}

/// The function that calls a procedure of this name on the wire: `create_user`, `type` without its `r#`.
pub(crate) fn function(procedure: &str) -> String {
    let name = names::snake_case(procedure);
    // `new` makes the object that has these functions; the others cannot be raw.
    if ["_", "new", "self", "super", "crate"].contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

fn adapted(name: String) -> String {
    if ["_", "super", "self", "Self", "extern", "crate"].contains(&name.as_str()) {
        format!("{name}_")
    } else if name.starts_with(char::is_numeric) {
        format!("_{name}")
    } else {
        name
    }
}

/// Whether a package is protobuf's own, whose types prost has and nobody prints.
pub(crate) fn is_well_known(package: &str) -> bool {
    package == "google.protobuf" || package.starts_with("google.protobuf.")
}

/// `r#type` becomes `type`.
pub(crate) fn without_raw(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// The name as it is written in source: `type` becomes `r#type`.
pub(crate) fn written(name: &str) -> String {
    // `gen` is a keyword since the 2024 edition, which syn does not ask for.
    if name == "gen" || syn::parse_str::<syn::Ident>(name).is_err() {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// A path as it is written in source: `r#type::v1::User`.
pub(crate) fn written_path(segments: &[String]) -> String {
    let written: Vec<String> = segments.iter().map(|segment| written(segment)).collect();
    written.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_prost() {
        assert_eq!(type_name("HTTPRequest"), "HttpRequest");
        assert_eq!(type_name("user_event"), "UserEvent");
        assert_eq!(type_name("Self"), "Self_");
        assert_eq!(module("UserEvent"), "user_event");
        assert_eq!(module("v1"), "v1");
    }

    #[test]
    fn functions_are_named_by_the_wire() {
        assert_eq!(function("CreateUser"), "create_user");
        assert_eq!(function("Match"), "match");
        assert_eq!(function("New"), "new_");
        assert_eq!(function("Self"), "self_");
    }

    #[test]
    fn keywords_are_written_raw() {
        assert_eq!(written("type"), "r#type");
        assert_eq!(written("gen"), "r#gen");
        assert_eq!(written("users"), "users");
        assert_eq!(without_raw("r#type"), "type");
    }
}
