//! Error codes: an enum with `#[derive(ErrorCodes)]`.

use crate::report::Report;
use crate::{names, syntax};
use proc_macro2::TokenStream;
use std::fmt;
use syn::{Data, DeriveInput, Expr, Fields, Generics, Ident, Lit, LitStr, Path, UnOp, Variant};

/// An enum of error codes, read and checked.
#[derive(Debug)]
pub struct ErrorCodes {
    /// The enum.
    pub ident: Ident,
    /// Its type parameters.
    pub generics: Generics,
    /// The doc comment.
    pub docs: String,
    /// In source order.
    pub codes: Vec<ErrorCode>,
    /// Where the derive finds Iris: `::iris_core` unless `#[error_codes(crate = path)]` says otherwise.
    pub crate_path: Path,
}

/// One variant.
#[derive(Debug)]
pub struct ErrorCode {
    /// The variant.
    pub ident: Ident,
    /// The doc comment.
    pub docs: String,
    /// What the caller is told.
    pub meaning: CodeMeaning,
    /// The fields, for binding them in a pattern.
    pub fields: Fields,
    /// `#[deprecated]` was on the variant.
    pub deprecated: bool,
}

/// What the caller is told about a variant.
#[derive(Debug)]
pub enum CodeMeaning {
    /// A number that callers match on.
    Code {
        /// 0 is a legal code; 900 to 999 are Iris's.
        number: i32,
        /// The canonical status beside it.
        status: Status,
        /// `message = ".."`, a format string over the variant's fields.
        message: Option<LitStr>,
    },
    /// `#[code(internal)]`: callers get 902 and a request id, the log gets the error inside.
    Internal,
}

/// The canonical codes shared by gRPC and Connect, without `ok`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are gRPC's own")]
pub enum Status {
    Canceled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
    Unauthenticated,
}

impl Status {
    /// Every status, in the order of its number: `ALL[0]` is `canceled`, number 1.
    pub const ALL: [Status; 16] = [
        Status::Canceled,
        Status::Unknown,
        Status::InvalidArgument,
        Status::DeadlineExceeded,
        Status::NotFound,
        Status::AlreadyExists,
        Status::PermissionDenied,
        Status::ResourceExhausted,
        Status::FailedPrecondition,
        Status::Aborted,
        Status::OutOfRange,
        Status::Unimplemented,
        Status::Internal,
        Status::Unavailable,
        Status::DataLoss,
        Status::Unauthenticated,
    ];

    /// The name in attributes and in Connect: `failed_precondition`.
    pub fn as_str(self) -> String {
        names::snake_case(&self.variant())
    }

    /// The name in Rust: `FailedPrecondition`.
    pub fn variant(self) -> String {
        format!("{self:?}")
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.as_str())
    }
}

/// Reads the enum under a `#[derive(ErrorCodes)]`.
///
/// # Errors
///
/// Every mistake found, all at once.
pub fn read_error_codes(item: TokenStream) -> syn::Result<ErrorCodes> {
    let item: DeriveInput = syn::parse2(item)?;
    let mut report = Report::default();
    let Data::Enum(data) = &item.data else {
        return Err(syn::Error::new_spanned(
            &item.ident,
            "error codes are an enum: `#[derive(ErrorCodes)] enum UserError { InvalidEmail = 1 }`",
        ));
    };
    if data.variants.is_empty() {
        report.at(
            &item.ident,
            "an enum of error codes has at least one: `InvalidEmail = 1`",
        );
    }
    let crate_path = crate_path(&item, &mut report);
    let codes: Vec<ErrorCode> = data
        .variants
        .iter()
        .filter_map(|variant| read_code(variant, &mut report))
        .collect();
    unique_numbers(&codes, &mut report);
    report.finish()?;
    Ok(ErrorCodes {
        docs: syntax::docs(&item.attrs),
        ident: item.ident,
        generics: item.generics,
        codes,
        crate_path,
    })
}

fn crate_path(item: &DeriveInput, report: &mut Report) -> Path {
    let mut path = syn::parse_quote!(::iris_core);
    for attribute in item
        .attrs
        .iter()
        .filter(|attribute| syntax::is_called(attribute, "error_codes"))
    {
        let Some(tokens) = report.ok(syntax::attribute_tokens(attribute)) else {
            continue;
        };
        for argument in syntax::arguments(tokens, report).unwrap_or_default() {
            match (&argument.name, argument.value) {
                (name, Some(Expr::Path(value))) if name == "crate" => path = value.path,
                (name, _) => report.at(
                    name,
                    "#[error_codes] takes crate: #[error_codes(crate = my_facade::iris_core)]",
                ),
            }
        }
    }
    path
}

/// What `#[code(..)]` says.
#[derive(Default)]
struct Settings {
    number: Option<(i32, Expr)>,
    status: Option<Status>,
    message: Option<LitStr>,
    internal: bool,
}

fn read_code(variant: &Variant, report: &mut Report) -> Option<ErrorCode> {
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

fn unique_numbers(codes: &[ErrorCode], report: &mut Report) {
    for (index, code) in codes.iter().enumerate() {
        let CodeMeaning::Code { number, .. } = code.meaning else {
            continue;
        };
        let same = |other: &&ErrorCode| matches!(other.meaning, CodeMeaning::Code { number: taken, .. } if taken == number);
        if let Some(other) = codes[..index].iter().find(same) {
            report.at(
                &code.ident,
                format!("`{}` and `{}` have the same number {number}; callers could not tell them apart", other.ident, code.ident),
            );
        }
    }
}
