//! What the parentheses of `#[remote(..)]` say, and those of `#[procedure(..)]` in the same words.

use super::Filter;
use crate::report::Report;
use crate::{names, syntax};
use proc_macro2::TokenStream;
use syn::{Expr, Path};

/// What the parentheses of `#[remote(..)]` say.
pub(super) struct Settings {
    pub(super) package: Option<String>,
    pub(super) name: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) crate_path: Path,
}

impl Settings {
    pub(super) fn read(attribute: TokenStream, report: &mut Report) -> Settings {
        let mut settings = Settings {
            package: None,
            name: None,
            filters: Vec::new(),
            crate_path: syn::parse_quote!(::iris_core),
        };
        let Some(arguments) = syntax::arguments(attribute, report) else {
            return settings;
        };
        if !arguments.iter().any(|argument| argument.name == "package") {
            report.at_span(
                proc_macro2::Span::call_site(),
                "a remote names its protobuf package, which is part of its address: #[remote(package = \"users.v1\")]",
            );
        }
        for argument in arguments {
            match argument.name.to_string().as_str() {
                "package" => settings.package = package(&argument, report),
                "name" => settings.name = wire_name(&argument, "Users", report),
                "filters" => settings.filters = filters(&argument, report),
                "crate" => {
                    settings.crate_path =
                        crate_path(&argument, report).unwrap_or(settings.crate_path);
                }
                _ => report.at(
                    &argument.name,
                    format!(
                        "unknown argument `{}`; #[remote] takes package, name, filters and crate",
                        argument.name
                    ),
                ),
            }
        }
        settings
    }
}

fn package(argument: &syntax::Argument, report: &mut Report) -> Option<String> {
    let Some(package) = argument.value.as_ref().and_then(syntax::string) else {
        report.at(
            &argument.name,
            "`package` is a string: package = \"users.v1\"",
        );
        return None;
    };
    if !names::is_package(&package) {
        report.at(
            &argument.value,
            format!(
                "`{package}` is no protobuf package: write names joined by dots, like \"users.v1\""
            ),
        );
        return None;
    }
    Some(package)
}

/// A `name = ".."` argument that overrides what the Rust name would give.
pub(crate) fn wire_name(
    argument: &syntax::Argument,
    example: &str,
    report: &mut Report,
) -> Option<String> {
    let Some(name) = argument.value.as_ref().and_then(syntax::string) else {
        report.at(
            &argument.name,
            format!("`name` is a string: name = \"{example}\""),
        );
        return None;
    };
    if !names::is_identifier(&name) {
        report.at(
            &argument.value,
            format!("`{name}` is no protobuf name: letters, digits and `_`, a letter first, like \"{example}\""),
        );
        return None;
    }
    Some(name)
}

/// A `filters = [..]` argument.
pub(crate) fn filters(argument: &syntax::Argument, report: &mut Report) -> Vec<Filter> {
    let Some(Expr::Array(array)) = &argument.value else {
        report.at(
            &argument.name,
            "`filters` is a list of functions: filters = [signed_in, admin]",
        );
        return Vec::new();
    };
    let mut kept = Vec::new();
    for function in &array.elems {
        match function {
            Expr::Path(_) | Expr::Call(_) => {
                kept.push(Filter { name: syntax::text(function), function: function.clone() });
            }
            _ => report.at(
                function,
                "a filter is the name of an async function, with what it takes after the context: filters = [signed_in, role(\"admin\")]",
            ),
        }
    }
    kept
}

fn crate_path(argument: &syntax::Argument, report: &mut Report) -> Option<Path> {
    match &argument.value {
        Some(Expr::Path(path)) => {
            // What is printed with it is no code of the user's, whose lints it must not wake.
            let mut path = path.path.clone();
            for segment in &mut path.segments {
                segment.ident.set_span(proc_macro2::Span::call_site());
            }
            Some(path)
        }
        _ => {
            report.at(
                &argument.name,
                "`crate` is the path of iris-core: crate = my_facade::iris_core",
            );
            None
        }
    }
}
