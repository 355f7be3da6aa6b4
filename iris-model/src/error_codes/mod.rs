//! Error codes: an enum with `#[derive(ErrorCodes)]`.

mod code;
mod status;

pub use status::Status;

use crate::report::Report;
use crate::syntax;
use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Expr, Fields, Generics, Ident, LitStr, Path};

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
        .filter_map(|variant| code::read(variant, &mut report))
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
