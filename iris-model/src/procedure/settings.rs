//! What the parentheses of `#[procedure(..)]` say.

use super::Idempotency;
use crate::remote::{Filter, filters, wire_name};
use crate::report::Report;
use crate::syntax;
use syn::Attribute;

#[derive(Default)]
pub(super) struct Settings {
    pub(super) name: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) idempotency: Idempotency,
}

impl Settings {
    pub(super) fn read(attribute: &Attribute, report: &mut Report) -> Settings {
        let mut settings = Settings::default();
        let Some(tokens) = report.ok(syntax::attribute_tokens(attribute)) else {
            return settings;
        };
        for argument in syntax::arguments(tokens, report).unwrap_or_default() {
            match argument.name.to_string().as_str() {
                "name" => settings.name = wire_name(&argument, "CreateUser", report),
                "filters" => settings.filters = filters(&argument, report),
                "idempotent" => settings.idempotency = idempotency(&argument, report),
                _ => report.at(
                    &argument.name,
                    format!(
                        "unknown argument `{}`; #[procedure] takes name, filters and idempotent",
                        argument.name
                    ),
                ),
            }
        }
        settings
    }
}

fn idempotency(argument: &syntax::Argument, report: &mut Report) -> Idempotency {
    match &argument.value {
        None => Idempotency::NoSideEffects,
        Some(value) if syntax::string(value).as_deref() == Some("with_side_effects") => {
            Idempotency::WithSideEffects
        }
        Some(value) => {
            report.at(
                value,
                "write `idempotent` for a procedure that only reads, `idempotent = \"with_side_effects\"` \
                 for one that may be repeated but changes something",
            );
            Idempotency::Unknown
        }
    }
}
