//! Finds remotes and error codes in a whole source file, for build scripts.

mod conditions;
mod finder;
mod imports;
#[cfg(test)]
mod tests;

use crate::{ErrorCodes, Remote};
use finder::Finder;
use syn::visit::Visit;

pub use imports::Import;

/// What one file holds of interest, in modules and function bodies too.
#[derive(Debug, Default)]
pub struct Contents {
    /// Every `#[remote]` impl block, in source order.
    pub remotes: Vec<Remote>,
    /// Every `#[derive(ErrorCodes)]` enum, in source order.
    pub error_codes: Vec<ErrorCodes>,
    /// What `use` brings into scope, for telling messages of the same name apart.
    pub imports: Vec<Import>,
}

/// Reads a file's text. What `#[cfg(test)]` or `#[test]` leaves to tests is passed over, and so is what macros are given.
///
/// # Errors
///
/// Where the text is not Rust, or a remote or enum in it is wrong: every mistake, each with its place.
pub fn read(text: &str) -> syn::Result<Contents> {
    let file = syn::parse_file(text)?;
    let mut finder = Finder::default();
    finder.visit_file(&file);
    finder.finish()
}
