//! One variant of an enum of error codes.

use super::{CodeMeaning, ErrorCode, Status};
use crate::report::Report;
use crate::{names, syntax};
use syn::{Expr, Lit, LitStr, UnOp, Variant};

/// Reads one variant; `None` where it has no number that counts.
pub(super) fn read(variant: &Variant, report: &mut Report) -> Option<ErrorCode> {
    let settings = settings(variant, report);
    if names::is_reserved_code_name(&variant.ident.to_string()) {
        report.at(
            &variant.ident,
            format!(
                "`{}` is kept for Iris: names that begin with `Iris`, and `Unrecognized`, are reserved; choose another",
                variant.ident
            ),
        );
    }
    let written = variant
        .discriminant
        .as_ref()
        .map(|(_, value)| value.clone());
    if let (true, Some((_, number))) = (written.is_some(), &settings.number) {
        report.at(
            number,
            format!(
                "the number stands here and after `{}`; keep one",
                variant.ident
            ),
        );
    }
    let meaning = if settings.internal {
        if settings.status.is_some()
            || settings.message.is_some()
            || settings.number.is_some()
            || written.is_some()
        {
            report.at(
                &variant.ident,
                "an internal error reaches callers as 902 alone: it has no number, status or message of its own",
            );
        }
        if variant.fields.len() > 1 {
            report.at(
                &variant.fields,
                "an internal error holds one error, which goes to the log: put the rest into that",
            );
        }
        CodeMeaning::Internal
    } else {
        let number = match (settings.number, written) {
            (Some((number, value)), _) => checked(number, &value, report),
            (None, Some(value)) => {
                integer(&value, report).and_then(|number| checked(number, &value, report))
            }
            (None, None) => {
                report.at(
                    &variant.ident,
                    format!(
                        "write the number, callers rely on it: `{0} = 1`, or #[code(number = 1)] where any variant of the enum has fields",
                        variant.ident
                    ),
                );
                None
            }
        }?;
        CodeMeaning::Code {
            number,
            status: settings.status.unwrap_or(Status::FailedPrecondition),
            message: settings.message,
        }
    };
    Some(ErrorCode {
        ident: variant.ident.clone(),
        docs: syntax::docs(&variant.attrs),
        meaning,
        fields: variant.fields.clone(),
        deprecated: syntax::deprecation(&variant.attrs).is_some(),
    })
}

/// What `#[code(..)]` says.
#[derive(Default)]
struct Settings {
    number: Option<(i32, Expr)>,
    status: Option<Status>,
    message: Option<LitStr>,
    internal: bool,
}

fn settings(variant: &Variant, report: &mut Report) -> Settings {
    let mut settings = Settings::default();
    for attribute in variant
        .attrs
        .iter()
        .filter(|attribute| syntax::is_called(attribute, "code"))
    {
        let Some(tokens) = report.ok(syntax::attribute_tokens(attribute)) else {
            continue;
        };
        for argument in syntax::arguments(tokens, report).unwrap_or_default() {
            match (argument.name.to_string().as_str(), &argument.value) {
                ("number", Some(value)) => {
                    settings.number = integer(value, report).map(|number| (number, value.clone()));
                }
                ("status", Some(value)) => settings.status = status(value, report),
                ("message", Some(Expr::Lit(literal))) if matches!(literal.lit, Lit::Str(_)) => {
                    if let Lit::Str(text) = &literal.lit {
                        settings.message = Some(text.clone());
                    }
                }
                ("internal", None) => settings.internal = true,
                _ => report.at(
                    &argument.name,
                    "#[code] takes number = 1, status = \"not_found\", message = \"..\" or internal",
                ),
            }
        }
    }
    settings
}

fn status(value: &Expr, report: &mut Report) -> Option<Status> {
    let name = syntax::string(value).unwrap_or_default();
    let status = Status::ALL
        .into_iter()
        .find(|status| status.as_str() == name);
    if status.is_none() {
        let all: Vec<String> = Status::ALL.iter().map(|status| status.as_str()).collect();
        report.at(
            value,
            format!(
                "`{name}` is no canonical status; write one of {}",
                all.join(", ")
            ),
        );
    }
    status
}

fn integer(value: &Expr, report: &mut Report) -> Option<i32> {
    let number = match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse::<i32>().ok(),
            _ => None,
        },
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => {
            report.at(value, "an error code is not negative");
            return None;
        }
        _ => None,
    };
    if number.is_none() {
        report.at(value, "an error code is a plain number below 2147483648, so that every reader of the source sees it");
    }
    number
}

fn checked(number: i32, value: &Expr, report: &mut Report) -> Option<i32> {
    if names::RESERVED_CODES.contains(&number) {
        report.at(
            value,
            format!(
                "{number} is kept for Iris (900 to 999 are); choose a number below 900 or above 999"
            ),
        );
        return None;
    }
    Some(number)
}
